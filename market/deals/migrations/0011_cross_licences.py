"""Cross-licences, and the two deals of each."""

import django.db.models.deletion
import functools
import market.kernel.clock
import market.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('deals', '0010_sublicences'),
        ('parties', '0002_appraisal_institutions'),
        ('rights', '0006_overdue_reminded'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Cross',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('X',), **{}), editable=False, max_length=16, unique=True)),
                ('given_terms', models.JSONField()),
                ('taken_terms', models.JSONField()),
                ('key', models.UUIDField()),
                ('state', models.CharField(choices=[('proposed', 'Waits for an answer'), ('agreed', 'Agreed'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='proposed', max_length=9)),
                ('remark', models.CharField(blank=True, max_length=300)),
                ('proposed_at', models.DateTimeField(default=market.kernel.clock.now)),
                ('decided_at', models.DateTimeField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='crosses_administered', to='parties.party')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('given', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rights.right')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='crosses_received', to='parties.party')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='crosses_proposed', to='parties.party')),
                ('taken', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rights.right')),
            ],
            options={
                'ordering': ('-pk',),
                'constraints': [models.UniqueConstraint(fields=('proposer', 'key'), name='one_cross_licence_per_key'), models.CheckConstraint(condition=models.Q(('proposer', models.F('other')), _negated=True), name='cross_licence_joins_two_parties'), models.CheckConstraint(condition=models.Q(('given', models.F('taken')), _negated=True), name='cross_licence_is_about_two_rights')],
            },
        ),
        migrations.AddField(
            model_name='deal',
            name='cross',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deals', to='deals.cross'),
        ),
    ]
