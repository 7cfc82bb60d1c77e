"""What became of a bid deposit, once for all: the database refuses a second outcome and any change of the first."""

import django.db.models.deletion
import market.kernel.clock
from django.db import migrations, models

TABLE = "payments_depositoutcome"

# An INSERT OR REPLACE deletes without waking a DELETE trigger on SQLite, so neither the number nor the hold may come twice.
SQLITE = (
    f"""CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END""",
    f"""CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END""",
    f"""CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE}
    WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id OR hold_id = NEW.hold_id)
    BEGIN SELECT RAISE(ABORT, 'UNIQUE: a deposit has one outcome'); END""",
)
SQLITE_DOWN = tuple(f"DROP TRIGGER {TABLE}_no_{what}" for what in ("update", "delete", "replace"))
POSTGRESQL = (
    f"""CREATE FUNCTION {TABLE}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$""",
    f"""CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_append_only()""",
    f"""CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_append_only()""",
)
POSTGRESQL_DOWN = (
    f"DROP TRIGGER {TABLE}_no_change ON {TABLE}",
    f"DROP TRIGGER {TABLE}_no_truncate ON {TABLE}",
    f"DROP FUNCTION {TABLE}_append_only()",
)


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def take_down(apps, editor):
    for statement in POSTGRESQL_DOWN if editor.connection.vendor == "postgresql" else SQLITE_DOWN:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_the_guard_walks_indexes"),
        ("payments", "0003_bank_statements"),
    ]

    operations = [
        migrations.AlterField(
            model_name="payout",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("refund", "Deposit refund"),
                    ("return", "Payment sent back"),
                    ("proceeds", "Proceeds"),
                    ("commission", "Commission"),
                    ("damages", "Forfeited deposit"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="DepositOutcome",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("applied", "Set off against the price"),
                            ("released", "Given back"),
                            ("forfeited", "Forfeited"),
                        ],
                        max_length=10,
                    ),
                ),
                ("by", models.CharField(max_length=60)),
                ("at", models.DateTimeField(default=market.kernel.clock.now)),
                (
                    "hold",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outcome", to="ledger.hold"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.RunPython(put_up, take_down),
    ]
