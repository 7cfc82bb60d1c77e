"""Package sales, their bidders, bids and runs; package bids are append-only."""

from importlib import import_module

import django.db.models.deletion
import functools
import market.kernel.clock
import market.kernel.ids
from django.conf import settings
from django.db import migrations, models


TABLE = "auctions_packagebid"
before = import_module("auctions.migrations.0003_bids_and_events_are_guarded")


def put_up(apps, editor):
    """The function stands since 0003."""
    statements = list(before.sqlite(TABLE))
    if editor.connection.vendor == "postgresql":
        statements = [
            f"""CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE}
            FOR EACH ROW EXECUTE FUNCTION auctions_append_only()""",
            f"""CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}
            FOR EACH STATEMENT EXECUTE FUNCTION auctions_append_only()""",
        ]
    for statement in statements:
        editor.execute(statement, params=None)


def take_down(apps, editor):
    if editor.connection.vendor == "postgresql":
        for what in ("change", "truncate"):
            editor.execute(f"DROP TRIGGER {TABLE}_no_{what} ON {TABLE}", params=None)
        return
    for what in ("update", "delete", "replace"):
        editor.execute(f"DROP TRIGGER {TABLE}_no_{what}", params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('auctions', '0008_sealed_bids'),
        ('parties', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='lot',
            name='format',
            field=models.CharField(choices=[('english', 'Ascending bids'), ('free_then_timed', 'Free period, then timed rounds'), ('auctioneer', 'Led by the auctioneer'), ('sealed_first', 'Sealed bids, the highest pays its own price'), ('sealed_second', 'Sealed bids, the highest pays the second price'), ('envelope', 'Sealed bids nobody can open early'), ('dutch', 'Falling price'), ('hybrid', 'Falling price, then sealed bids, then a last offer'), ('uniform', 'Several licences at one price'), ('package', 'Package bids on parts and wholes of the sale')], default='english', max_length=16, verbose_name='format'),
        ),
        migrations.CreateModel(
            name='PackageSale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(choices=[('core_nearest_vcg', 'Core price nearest to VCG'), ('core_nearest_bids', 'Core price nearest to the bids'), ('pay_as_bid', 'Each winner pays its bid'), ('vcg', 'Vickrey-Clarke-Groves price')], default='core_nearest_vcg', max_length=20, verbose_name='pricing rule')),
                ('groups', models.JSONField(blank=True, default=list)),
                ('settled_at', models.DateTimeField(null=True)),
                ('sale', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='packages', to='auctions.sale')),
            ],
        ),
        migrations.CreateModel(
            name='PackageBidder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('paddle', models.PositiveSmallIntegerField()),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                ('package', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bidders', to='auctions.packagesale')),
            ],
        ),
        migrations.CreateModel(
            name='PackageBid',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField()),
                ('place', models.PositiveIntegerField(help_text='order of submission, from 1')),
                ('bundle', models.JSONField(help_text='lot codes, sorted')),
                ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                ('amount_minor', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('bidder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bids', to='auctions.packagebidder')),
                ('package', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bids', to='auctions.packagesale')),
            ],
            options={
                'ordering': ('place',),
            },
        ),
        migrations.CreateModel(
            name='PackageRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('R',), **{}), editable=False, max_length=16, unique=True)),
                ('asked_at', models.DateTimeField(default=market.kernel.clock.now)),
                ('limit_s', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('running', 'Being calculated'), ('done', 'Done'), ('failed', 'Failed')], default='queued', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('phase', models.CharField(choices=[('deciding', 'Looking for the best allocation'), ('pricing', 'Working out the prices')], default='deciding', max_length=8)),
                ('steps', models.PositiveIntegerField(default=0)),
                ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                ('value_minor', models.BigIntegerField(null=True)),
                ('bound_minor', models.BigIntegerField(null=True)),
                ('stale_at', models.DateTimeField(help_text='when a run that has not moved since counts as cut off', null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('file', models.JSONField(null=True)),
                ('error', models.TextField(blank=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('package', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='auctions.packagesale')),
            ],
            options={
                'ordering': ('-pk',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running'])), fields=('package',), name='one_package_run_at_a_time')],
            },
        ),
        migrations.AddConstraint(
            model_name='packagebidder',
            constraint=models.UniqueConstraint(fields=('package', 'party'), name='one_package_paddle_per_party'),
        ),
        migrations.AddConstraint(
            model_name='packagebidder',
            constraint=models.UniqueConstraint(fields=('package', 'paddle'), name='package_paddle_once_per_sale'),
        ),
        migrations.AddConstraint(
            model_name='packagebid',
            constraint=models.UniqueConstraint(fields=('package', 'bidder', 'key'), name='one_package_bid_per_key'),
        ),
        migrations.AddConstraint(
            model_name='packagebid',
            constraint=models.UniqueConstraint(fields=('package', 'place'), name='package_bids_are_numbered'),
        ),
        migrations.AddConstraint(
            model_name='packagebid',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='package_bid_is_positive'),
        ),
        migrations.RunPython(put_up, take_down),
    ]
