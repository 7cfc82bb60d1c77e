"""Makes the tables of statutory reports, scorings and portfolio runs; the database itself refuses to change what was given."""

import django.db.models.deletion
import functools
import market.kernel.clock
import market.kernel.ids
from django.conf import settings
from django.db import migrations, models
from market.kernel.migrating import Kept


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0001_initial'),
        ('listings', '0004_offers'),
        ('parties', '0002_appraisal_institutions'),
        ('rights', '0006_overdue_reminded'),
        ('valuation', '0001_appraisals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Engagement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('VE',), **{}), editable=False, max_length=16, unique=True)),
                ('purpose', models.CharField(choices=[('transfer', 'Transfer'), ('licence', 'Licence'), ('pledge', 'Pledge'), ('contribution', 'Contribution for equity'), ('reporting', 'Financial reporting'), ('infringement', 'Damages for infringement'), ('management', 'Own management')], max_length=12, verbose_name='purpose')),
                ('asked_at', models.DateTimeField(default=market.kernel.clock.now)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='listings.listing')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('VR',), **{}), editable=False, max_length=16, unique=True)),
                ('key', models.UUIDField(editable=False, unique=True)),
                ('number', models.CharField(max_length=60, verbose_name='number of the report')),
                ('premise', models.CharField(choices=[('market', 'Market value'), ('investment', 'Investment value'), ('in_use', 'Value in use'), ('liquidation', 'Liquidation value')], max_length=12, verbose_name='premise of value')),
                ('methods', models.CharField(max_length=200, verbose_name='methods')),
                ('valuation_date', models.DateField(verbose_name='base date')),
                ('valid_until', models.DateField(verbose_name='valid until')),
                ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                ('value_minor', models.BigIntegerField()),
                ('created_at', models.DateTimeField(default=market.kernel.clock.now)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('engagement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='valuation.engagement')),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.version')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('VP',), **{}), editable=False, max_length=16, unique=True)),
                ('key', models.UUIDField(editable=False, unique=True)),
                ('valuation_date', models.DateField(verbose_name='base date')),
                ('common', models.JSONField()),
                ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                ('price_minor', models.BigIntegerField(null=True)),
                ('state', models.CharField(choices=[('working', 'Under way'), ('done', 'Done'), ('failed', 'Run given up')], default='working', max_length=8)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('stale_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(default=market.kernel.clock.now)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                ('portfolio', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rights.portfolio')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Row',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inputs', models.JSONField(default=dict)),
                ('done', models.BooleanField(default=False)),
                ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                ('value_minor', models.BigIntegerField(null=True)),
                ('part_minor', models.BigIntegerField(null=True)),
                ('why', models.CharField(blank=True, max_length=60)),
                ('facts', models.JSONField(default=dict)),
                ('hash', models.CharField(blank=True, max_length=64)),
                ('right', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rights.right')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='valuation.run')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='Scoring',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('VS',), **{}), editable=False, max_length=16, unique=True)),
                ('key', models.UUIDField(editable=False, unique=True)),
                ('scheme', models.CharField(max_length=40)),
                ('version', models.CharField(max_length=10)),
                ('scenario', models.CharField(max_length=40)),
                ('on', models.DateField(verbose_name='day')),
                ('facts', models.JSONField()),
                ('judged', models.JSONField()),
                ('score', models.DecimalField(decimal_places=4, max_digits=7)),
                ('coverage', models.DecimalField(decimal_places=4, max_digits=5)),
                ('created_at', models.DateTimeField(default=market.kernel.clock.now)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='listings.listing')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('certificate', models.CharField(max_length=20, verbose_name='certificate number')),
                ('sha256', models.CharField(max_length=64)),
                ('at', models.DateTimeField(default=market.kernel.clock.now)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='valuation.report')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.AddConstraint(
            model_name='engagement',
            constraint=models.UniqueConstraint(fields=('listing', 'institution', 'purpose'), name='one_engagement_a_purpose'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(('value_minor__gt', 0)), name='statutory_value_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('valuation_date'))), name='statutory_ends_after_start'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(fields=['state', 'stale_at'], name='valuation_run_waiting'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(('price_minor', None), ('price_minor__gt', 0), _connector='OR'), name='package_price_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='row',
            constraint=models.UniqueConstraint(fields=('run', 'right'), name='one_row_a_member'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.UniqueConstraint(fields=('report', 'user'), name='one_signature_an_appraiser'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.UniqueConstraint(fields=('report', 'certificate'), name='one_signature_a_certificate'),
        ),
        Kept("valuation", {f"valuation_{name}": ["id"] for name in ("engagement", "report", "signature", "scoring")}),
    ]
