"""Makes the table of appraisals; the database itself refuses to change or delete one, whoever asks."""

import django.db.models.deletion
import functools
import market.kernel.clock
import market.kernel.ids
from django.conf import settings
from django.db import migrations, models
from market.kernel.migrating import Kept


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('listings', '0003_agreed_fees'),
        ('parties', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Appraisal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('V',), **{}), editable=False, max_length=16, unique=True)),
                ('key', models.UUIDField(editable=False, unique=True)),
                ('series', models.CharField(editable=False, max_length=16)),
                ('version', models.PositiveSmallIntegerField()),
                ('purpose', models.CharField(choices=[('transfer', 'Transfer'), ('licence', 'Licence'), ('pledge', 'Pledge'), ('contribution', 'Contribution for equity'), ('reporting', 'Financial reporting'), ('infringement', 'Damages for infringement'), ('management', 'Own management')], max_length=12, verbose_name='purpose')),
                ('premise', models.CharField(choices=[('market', 'Market value'), ('investment', 'Investment value'), ('in_use', 'Value in use'), ('liquidation', 'Liquidation value')], max_length=12, verbose_name='premise of value')),
                ('valuation_date', models.DateField(verbose_name='base date')),
                ('valid_until', models.DateField(verbose_name='valid until')),
                ('method', models.CharField(max_length=40)),
                ('inputs', models.JSONField()),
                ('ranges', models.JSONField()),
                ('sources', models.JSONField()),
                ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                ('value_minor', models.BigIntegerField()),
                ('low_minor', models.BigIntegerField()),
                ('high_minor', models.BigIntegerField()),
                ('rounding', models.CharField(max_length=16)),
                ('engine_version', models.CharField(max_length=8)),
                ('hash', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(default=market.kernel.clock.now)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('follows', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='valuation.appraisal')),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='listings.listing')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
            ],
            options={
                'ordering': ('-pk',),
                'indexes': [models.Index(fields=['party', '-id'], name='valuation_a_party_i_016757_idx')],
                'constraints': [models.UniqueConstraint(fields=('series', 'version'), name='one_appraisal_per_version'), models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('valuation_date'))), name='appraisal_ends_after_start'), models.CheckConstraint(condition=models.Q(('high_minor__gte', models.F('value_minor')), ('low_minor__lte', models.F('value_minor'))), name='appraisal_within_its_range')],
            },
        ),
        Kept("valuation", {"valuation_appraisal": ["id"]}),
    ]
