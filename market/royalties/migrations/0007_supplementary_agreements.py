"""Supplementary agreements, their signatures, which are kept, and which of them holds for a period."""

import django.db.models.deletion
import market.kernel.clock
from django.conf import settings
from django.db import migrations, models
from market.kernel.migrating import Kept


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0001_initial'),
        ('parties', '0002_appraisal_institutions'),
        ('royalties', '0006_days_are_judged_when_they_change'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Amendment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('document', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('since', models.DateField()),
                ('state', models.CharField(choices=[('proposed', 'Proposed, not agreed yet'), ('drafted', 'To be signed'), ('signed', 'Signed'), ('withdrawn', 'Withdrawn')], default='proposed', max_length=9)),
                ('at', models.DateTimeField(default=market.kernel.clock.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('licence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='amendments', to='royalties.licence')),
                ('paper', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.version')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
            ],
            options={
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('licence', 'number'), name='one_amendment_per_number'), models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'drafted'])), fields=('licence',), name='one_open_amendment_per_licence'), models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'withdrawn']), ('paper__isnull', False), _connector='OR'), name='drafted_amendment_has_paper')],
            },
        ),
        migrations.AddField(
            model_name='reportingperiod',
            name='amendment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='periods', to='royalties.amendment'),
        ),
        migrations.CreateModel(
            name='AmendmentSignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=8)),
                ('statement', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('at', models.DateTimeField(default=market.kernel.clock.now)),
                ('amendment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='royalties.amendment')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('amendment', 'role'), name='one_signature_per_amendment_and_role')],
            },
        ),
        Kept('royalties', {'royalties_amendmentsignature': ('id',)}),
    ]
