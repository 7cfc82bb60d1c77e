"""Rates taken back, append-only like the rates themselves."""

import django.db.models.deletion
from django.db import migrations, models
from market.kernel.migrating import Guard

import market.kernel.clock

TABLE = "ledger_withdrawal"
SQLITE = (
    *(
        f"""CREATE TRIGGER {TABLE}_no_{what} BEFORE {what.upper()} ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"""
        for what in ("update", "delete")
    ),
    f"""CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE}
    WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id OR rate_id = NEW.rate_id)
    BEGIN SELECT RAISE(ABORT, 'UNIQUE: {TABLE} is append-only'); END""",
)
POSTGRESQL = (
    f"""CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION ledger_append_only()""",
    f"""CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()""",
)


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_rates_and_closings")]

    operations = [
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200)),
                ("by", models.CharField(max_length=60)),
                ("at", models.DateTimeField(default=market.kernel.clock.now)),
                (
                    "rate",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawal", to="ledger.rate"
                    ),
                ),
            ],
        ),
        Guard(put_up),
    ]
