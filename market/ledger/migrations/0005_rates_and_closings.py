"""Rates and closings, append-only; no transfer is dated into a closed period, none changes a currency without its rate."""

import django.db.models.deletion
import market.kernel.clock
from django.db import migrations, models
from market.kernel.migrating import CreateModels, Guard

TABLES = {  # table -> what may not come twice, as in migration 0002
    "ledger_rate": 'id = NEW.id OR (base, quote, "on", source) = (NEW.base, NEW.quote, NEW."on", NEW.source)',
    "ledger_closing": "id = NEW.id OR previous_id = NEW.previous_id OR seal = NEW.seal",
    "ledger_closingline": "id = NEW.id OR (closing_id, account_id) = (NEW.closing_id, NEW.account_id)",
}
CLOSED = "(SELECT c.until FROM ledger_closing c ORDER BY c.id DESC LIMIT 1)"
# Who closes waits until nobody writes transfers, and from then on everybody who writes one sees the closing here.
DATED = f"""CREATE FUNCTION ledger_dated() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
  exchanges bigint[] := ARRAY(
    SELECT a.id FROM ledger_account a
    WHERE a.id = ANY (ARRAY(SELECT debit_id FROM entered UNION SELECT credit_id FROM entered)) AND a.code LIKE 'fx:%');
BEGIN
  IF EXISTS (SELECT 1 FROM entered WHERE at < {CLOSED}) THEN
    RAISE EXCEPTION 'the period is closed' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM entered e LEFT JOIN ledger_rate r ON r.id = e.rate_id
      WHERE (e.debit_id = ANY (exchanges) OR e.credit_id = ANY (exchanges)) <> (r.id IS NOT NULL)
        OR e.currency NOT IN (r.base, r.quote)) THEN
    RAISE EXCEPTION 'money changes its currency at a rate, and only so' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$"""
POSTGRESQL = (
    DATED,
    """CREATE TRIGGER c_dated AFTER INSERT ON ledger_transfer REFERENCING NEW TABLE AS entered
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_dated()""",
    *(
        f"""CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION ledger_append_only()"""
        for table in TABLES
    ),
    *(
        f"""CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()"""
        for table in TABLES
    ),
)
SQLITE = (
    f"""CREATE TRIGGER ledger_transfer_dated BEFORE INSERT ON ledger_transfer WHEN NEW.at < {CLOSED}
    BEGIN SELECT RAISE(ABORT, 'the period is closed'); END""",
    """CREATE TRIGGER ledger_transfer_rate BEFORE INSERT ON ledger_transfer
    WHEN EXISTS (SELECT 1 FROM ledger_account a WHERE a.id IN (NEW.debit_id, NEW.credit_id) AND a.code LIKE 'fx:%')
      <> EXISTS (SELECT 1 FROM ledger_rate r WHERE r.id = NEW.rate_id AND NEW.currency IN (r.base, r.quote))
    BEGIN SELECT RAISE(ABORT, 'money changes its currency at a rate, and only so'); END""",
    *(
        f"""CREATE TRIGGER {table}_no_{what} BEFORE {what.upper()} ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
        for table in TABLES
        for what in ("update", "delete")
    ),
    *(
        f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
        WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
        BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
        for table, same in TABLES.items()
    ),
)


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0004_sets_are_judged_whole'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Closing',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('since', models.DateTimeField(null=True)),
                    ('until', models.DateTimeField()),
                    ('by', models.CharField(max_length=60)),
                    ('reason', models.CharField(max_length=200)),
                    ('at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('journal', models.CharField(max_length=64)),
                    ('seal', models.CharField(max_length=64, unique=True)),
                    ('previous', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='next', to='ledger.closing')),
                ],
                options={
                    'ordering': ('pk',),
                    'constraints': [models.CheckConstraint(condition=models.Q(('until__lte', models.F('at'))), name='only_what_is_over_is_closed')],
                },
            ),
            migrations.CreateModel(
                name='ClosingLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('debits_minor', models.BigIntegerField()),
                    ('credits_minor', models.BigIntegerField()),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                    ('closing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='ledger.closing')),
                ],
                options={
                    'ordering': ('account__code',),
                    'constraints': [models.UniqueConstraint(fields=('closing', 'account'), name='one_line_an_account_and_closing')],
                },
            ),
            migrations.CreateModel(
                name='Rate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('base', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                    ('quote', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                    ('numerator', models.BigIntegerField()),
                    ('denominator', models.BigIntegerField()),
                    ('on', models.DateField()),
                    ('source', models.CharField(max_length=120)),
                    ('by', models.CharField(max_length=60)),
                    ('at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('-on', '-pk'),
                    'constraints': [models.UniqueConstraint(fields=('base', 'quote', 'on', 'source'), name='one_rate_a_day_and_source'), models.CheckConstraint(condition=models.Q(('base', models.F('quote')), _negated=True), name='rate_joins_two_currencies'), models.CheckConstraint(condition=models.Q(('denominator__gt', 0), ('numerator__gt', 0)), name='rate_is_positive')],
                },
            ),
        ]),
        migrations.AddField(
            model_name='transfer',
            name='rate',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.rate'),
        ),
        Guard(put_up),
    ]
