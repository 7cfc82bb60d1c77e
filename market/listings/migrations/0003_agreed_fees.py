"""Fee schedules, guarded in the database but for their withdrawal, and mandates that keep what was agreed by value."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from market.kernel.migrating import Guard

import functools

import market.kernel.clock
import market.kernel.ids
import market.listings.fees.fields
import market.listings.fees.rules

TABLE = "listings_feeschedule"
KEPT = "id, code, agency_id, side, name, version, fees, published_at, published_by_id"

# An INSERT OR REPLACE deletes without waking a DELETE trigger on SQLite, so the number of a row may not come twice.
SQLITE = (
    f"""CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE OF {KEPT} ON {TABLE}
    BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END""",
    f"""CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END""",
    f"""CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE}
    WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id OR code = NEW.code)
    BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END""",
)
SQLITE_DOWN = tuple(f"DROP TRIGGER {TABLE}_no_{what}" for what in ("update", "delete", "replace"))
POSTGRESQL = (
    """CREATE FUNCTION listings_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$""",
    f"""CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OF {KEPT} ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION listings_append_only()""",
    f"""CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION listings_append_only()""",
    f"""CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION listings_append_only()""",
)
POSTGRESQL_DOWN = (
    *(f"DROP TRIGGER {TABLE}_no_{what} ON {TABLE}" for what in ("change", "delete", "truncate")),
    "DROP FUNCTION listings_append_only()",
)


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def take_down(apps, editor):
    for statement in POSTGRESQL_DOWN if editor.connection.vendor == "postgresql" else SQLITE_DOWN:
        editor.execute(statement, params=None)


def carry_over(apps, editor):
    flat = market.listings.fees.rules.flat
    for row in apps.get_model("listings", "Mandate").objects.all().iterator():
        row.seller_fees, row.buyer_fees = flat(row.seller_commission_bp), flat(row.buyer_premium_bp)
        row.save(update_fields=["seller_fees", "buyer_fees"])


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0002_the_catalogue"),
        ("parties", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FeeSchedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        default=functools.partial(market.kernel.ids.new_code, *("F",), **{}),
                        editable=False,
                        max_length=16,
                        unique=True,
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("seller", "Seller's commission"), ("buyer", "Buyer's premium")],
                        max_length=6,
                        verbose_name="who pays it",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("version", models.PositiveSmallIntegerField()),
                ("fees", market.listings.fees.fields.ScheduleField()),
                ("published_at", models.DateTimeField(default=market.kernel.clock.now)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fee_schedules", to="parties.party"
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("agency", "side", "name", "-version"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency", "side", "name", "version"), name="one_fee_schedule_per_version"
                    )
                ],
            },
        ),
        Guard(put_up, take_down),
        migrations.AddField(
            model_name="mandate",
            name="seller_fees",
            field=market.listings.fees.fields.ScheduleField(default=market.listings.fees.rules.standard_commission),
        ),
        migrations.AddField(
            model_name="mandate",
            name="buyer_fees",
            field=market.listings.fees.fields.ScheduleField(default=market.listings.fees.rules.standard_premium),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveField(model_name="mandate", name="seller_commission_bp"),
        migrations.RemoveField(model_name="mandate", name="buyer_premium_bp"),
    ]
