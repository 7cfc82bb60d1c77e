"""Licences, their reporting periods, reports and statements; what was reported, stated and paid is never changed or deleted."""

import functools

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import market.kernel.clock
import market.kernel.ids
from market.kernel.migrating import CreateModels, Guard

# Each table with the columns of which no value may come twice: an INSERT OR REPLACE deletes without waking a DELETE trigger
# on SQLite.
TABLES = {
    "royalties_usagereport": "id = NEW.id",
    "royalties_statement": "id = NEW.id OR code = NEW.code OR report_id = NEW.report_id"
    " OR (period_id = NEW.period_id AND number = NEW.number)",
    "royalties_paid": "id = NEW.id OR statement_id = NEW.statement_id",
}
SQLITE = (
    """CREATE TRIGGER {0}_no_update BEFORE UPDATE ON {0}
    BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END""",
    """CREATE TRIGGER {0}_no_delete BEFORE DELETE ON {0}
    BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END""",
    """CREATE TRIGGER {0}_no_replace BEFORE INSERT ON {0}
    WHEN EXISTS (SELECT 1 FROM {0} WHERE {1})
    BEGIN SELECT RAISE(ABORT, 'UNIQUE: {0} is append-only'); END""",
)
FUNCTION = """CREATE FUNCTION royalties_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$"""
POSTGRESQL = (
    """CREATE TRIGGER {0}_no_change BEFORE UPDATE OR DELETE ON {0}
    FOR EACH ROW EXECUTE FUNCTION royalties_append_only()""",
    """CREATE TRIGGER {0}_no_truncate BEFORE TRUNCATE ON {0}
    FOR EACH STATEMENT EXECUTE FUNCTION royalties_append_only()""",
)
# No day lies in two periods of a licence.
PERIODS = """ALTER TABLE royalties_reportingperiod ADD CONSTRAINT periods_never_overlap EXCLUDE USING gist (
    int8range(licence_id, licence_id, '[]') WITH &&, daterange(since, until, '[]') WITH &&)"""


def put_up(apps, editor):
    postgresql = editor.connection.vendor == "postgresql"
    for statement in (FUNCTION, PERIODS) if postgresql else ():
        editor.execute(statement, params=None)
    for table, taken in TABLES.items():
        for statement in POSTGRESQL if postgresql else SQLITE:
            editor.execute(statement.replace("{0}", table).replace("{1}", taken), params=None)


def take_down(apps, editor):
    """The triggers go with their tables, the function stays behind them."""
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION royalties_append_only() CASCADE", params=None)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('parties', '0001_initial'),
        ('rights', '0006_overdue_reminded'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Licence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('Y',), **{}), editable=False, max_length=16, unique=True)),
                    ('granted_for', models.CharField(max_length=60, unique=True)),
                    ('terms', models.JSONField()),
                    ('terms_sha256', models.CharField(max_length=64)),
                    ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                    ('since', models.DateField()),
                    ('until', models.DateField(null=True)),
                    ('every', models.CharField(max_length=9)),
                    ('stated_until', models.DateField(null=True)),
                    ('state', models.CharField(choices=[('active', 'Active'), ('ended', 'Ended')], default='active', max_length=6)),
                    ('granted_at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='licences_administered', to='parties.party')),
                    ('licensee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='licences_taken', to='parties.party')),
                    ('licensor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='licences_granted', to='parties.party')),
                    ('right', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='royalty_licences', to='rights.right')),
                ],
                options={
                    'ordering': ('-pk',),
                    'indexes': [models.Index(fields=['state', 'stated_until'], name='licence_to_open')],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('licensor', models.F('licensee')), _negated=True), name='licence_joins_two_parties'),
                        models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='licence_ends_after_it_begins'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ReportingPeriod',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('since', models.DateField()),
                    ('until', models.DateField()),
                    ('final', models.BooleanField(default=False)),
                    ('report_due_on', models.DateField()),
                    ('state', models.CharField(choices=[('open', 'To be reported'), ('reported', 'Reported'), ('approved', 'Approved'), ('billed', 'Billed'), ('paid', 'Paid')], default='open', max_length=8)),
                    ('remark', models.CharField(blank=True, max_length=300)),
                    ('licence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='periods', to='royalties.licence')),
                ],
                options={
                    'ordering': ('licence', 'number'),
                    'indexes': [models.Index(fields=['state', 'licence', 'number'], name='period_to_bill')],
                    'constraints': [
                        models.UniqueConstraint(fields=('licence', 'number'), name='one_period_per_number'),
                        models.UniqueConstraint(fields=('licence', 'since'), name='one_period_per_first_day'),
                        models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='period_ends_after_it_begins'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='UsageReport',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('figures', models.JSONField()),
                    ('reason', models.CharField(blank=True, max_length=300)),
                    ('at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='royalties.reportingperiod')),
                    ('reported_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ('pk',),
                },
            ),
            migrations.CreateModel(
                name='Statement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('YS',), **{}), editable=False, max_length=16, unique=True)),
                    ('number', models.PositiveIntegerField()),
                    ('opening', models.JSONField()),
                    ('arrears', models.JSONField(default=list)),
                    ('said', models.JSONField()),
                    ('sha256', models.CharField(max_length=64)),
                    ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                    ('payable_minor', models.BigIntegerField()),
                    ('withheld_minor', models.BigIntegerField()),
                    ('due_minor', models.BigIntegerField()),
                    ('due_on', models.DateField()),
                    ('issued_at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('issued_by', models.CharField(max_length=60)),
                    ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='royalties.reportingperiod')),
                    ('report', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='statement', to='royalties.usagereport')),
                ],
                options={
                    'ordering': ('pk',),
                    'constraints': [
                        models.UniqueConstraint(fields=('period', 'number'), name='one_statement_per_period_and_number'),
                        models.CheckConstraint(condition=models.Q(('due_minor__gte', 0), ('payable_minor__gte', 0), ('withheld_minor__gte', 0)), name='a_statement_asks_for_nothing_back'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Paid',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('on', models.DateField()),
                    ('statement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='paid', to='royalties.statement')),
                ],
                options={
                    'ordering': ('pk',),
                },
            ),
        ]),
        Guard(put_up, take_down),
    ]
