"""Sublicences, and what they brought in on the statements whose licensor has a share in it."""

import django.db.models.deletion
import market.kernel.clock
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('deals', '0010_sublicences'),
        ('parties', '0002_appraisal_institutions'),
        ('royalties', '0004_endings_and_reminders'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='statement',
            name='sublicensed',
            field=models.JSONField(null=True),
        ),
        migrations.CreateModel(
            name='Sublicence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.JSONField()),
                ('key', models.UUIDField()),
                ('state', models.CharField(choices=[('asked', "Waits for the licensor's consent"), ('refused', 'Not consented to'), ('opened', 'Deal opened')], default='asked', max_length=7)),
                ('remark', models.CharField(blank=True, max_length=300)),
                ('shared', models.BooleanField(default=False)),
                ('asked_at', models.DateTimeField(default=market.kernel.clock.now)),
                ('decided_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('deal', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sublicence', to='deals.deal')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('head', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sublicences', to='royalties.licence')),
                ('licence', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='granted_under', to='royalties.licence')),
                ('sublicensee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sublicences_taken', to='parties.party')),
            ],
            options={
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('head', 'key'), name='one_sublicence_per_key'), models.CheckConstraint(condition=models.Q(models.Q(('deal__isnull', False), ('state', 'opened')), models.Q(models.Q(('state', 'opened'), _negated=True), ('deal', None)), _connector='OR'), name='opened_sublicence_has_a_deal')],
            },
        ),
    ]
