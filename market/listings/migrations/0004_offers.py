"""Offers: negotiations, their versions, guarded in the database but for when one was first seen, floors, private rounds."""

import functools

import django.db.models.deletion
import market.kernel.clock
import market.kernel.ids
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from market.kernel.migrating import CreateModels, Guard
from market.kernel.money import EXPONENTS

TABLE = "listings_offer"
KEPT = (
    "id, code, negotiation_id, number, edition, side, party_id, key, currency, amount_minor, terms, message, sha256, made_at, "
    "made_by_id, expires_at"
)

# An INSERT OR REPLACE deletes without waking a DELETE trigger on SQLite, so the number of a row may not come twice.
SQLITE = (
    f"""CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE OF {KEPT} ON {TABLE}
    BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END""",
    f"""CREATE TRIGGER {TABLE}_seen_once BEFORE UPDATE OF seen_at ON {TABLE} WHEN OLD.seen_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END""",
    f"""CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END""",
    f"""CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE}
    WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id OR code = NEW.code)
    BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END""",
)
SQLITE_DOWN = tuple(f"DROP TRIGGER {TABLE}_{what}" for what in ("no_update", "seen_once", "no_delete", "no_replace"))
POSTGRESQL = (
    f"""CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OF {KEPT} ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION listings_append_only()""",
    f"""CREATE TRIGGER {TABLE}_seen_once BEFORE UPDATE OF seen_at ON {TABLE}
    FOR EACH ROW WHEN (OLD.seen_at IS NOT NULL) EXECUTE FUNCTION listings_append_only()""",
    f"""CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION listings_append_only()""",
    f"""CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION listings_append_only()""",
)
POSTGRESQL_DOWN = tuple(
    f"DROP TRIGGER {TABLE}_{what} ON {TABLE}" for what in ("no_change", "seen_once", "no_delete", "no_truncate")
)


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def take_down(apps, editor):
    for statement in POSTGRESQL_DOWN if editor.connection.vendor == "postgresql" else SQLITE_DOWN:
        editor.execute(statement, params=None)


def number():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def code(prefix):
    made = functools.partial(market.kernel.ids.new_code, prefix)
    return ("code", models.CharField(default=made, editable=False, max_length=16, unique=True))


def currency():
    return ("currency", models.CharField(choices=[(one, one) for one in EXPONENTS], default="CNY", max_length=3))


def to(model, related, **more):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related, to=model, **more)


USER = settings.AUTH_USER_MODEL
MODELS = (
    migrations.CreateModel(
        name="Floor",
        fields=[
            (
                "listing",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT,
                    primary_key=True,
                    related_name="offer_floor",
                    serialize=False,
                    to="listings.listing",
                ),
            ),
            currency(),
            ("amount_minor", models.BigIntegerField()),
        ],
        options={"constraints": [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="floor_is_positive")]},
    ),
    migrations.CreateModel(
        name="PrivateRound",
        fields=[
            number(),
            code("PR"),
            ("origin", models.CharField(max_length=60, unique=True)),
            ("rules", models.JSONField()),
            (
                "state",
                models.CharField(
                    choices=[
                        ("proposed", "Waits for the consignor"),
                        ("open", "Under way"),
                        ("refused", "Not agreed to"),
                        ("over", "Over"),
                    ],
                    default="proposed",
                    max_length=8,
                ),
            ),
            ("proposed_at", models.DateTimeField(default=market.kernel.clock.now)),
            ("decided_at", models.DateTimeField(null=True)),
            ("ends_at", models.DateTimeField(null=True)),
            ("decided_by", to(USER, "+", null=True)),
            ("invited", models.ManyToManyField(related_name="private_rounds", to="parties.party")),
            ("listing", to("listings.listing", "private_rounds")),
        ],
        options={
            "ordering": ("-pk",),
            "indexes": [models.Index(condition=Q(state="open"), fields=["ends_at"], name="round_due_to_end")],
            "constraints": [
                models.CheckConstraint(
                    condition=~Q(state="open") | Q(ends_at__isnull=False), name="open_round_has_an_end"
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="Negotiation",
        fields=[
            number(),
            code("N"),
            ("rules", models.JSONField()),
            (
                "state",
                models.CharField(
                    choices=[
                        ("open", "Being negotiated"),
                        ("accepted", "Accepted"),
                        ("declined", "Declined"),
                        ("withdrawn", "Withdrawn"),
                        ("expired", "Expired"),
                        ("closed", "No longer on offer"),
                    ],
                    default="open",
                    max_length=9,
                ),
            ),
            ("opened_at", models.DateTimeField(default=market.kernel.clock.now)),
            ("expires_at", models.DateTimeField()),
            ("ended_at", models.DateTimeField(null=True)),
            ("reason", models.CharField(blank=True, max_length=300)),
            ("buyer", to("parties.party", "negotiations")),
            ("listing", to("listings.listing", "negotiations")),
            ("round", to("listings.privateround", "negotiations", null=True)),
        ],
        options={
            "ordering": ("-pk",),
            "indexes": [
                models.Index(condition=Q(state="open"), fields=["expires_at"], name="offer_due_to_expire"),
                models.Index(fields=["buyer", "-id"], name="negotiation_of_buyer"),
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=Q(state="open"), fields=("listing", "buyer"), name="one_open_negotiation_per_buyer"
                ),
                models.CheckConstraint(
                    condition=Q(ended_at=None, state="open") | ~Q(state="open"), name="open_has_no_end"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Offer",
        fields=[
            number(),
            code("O"),
            ("number", models.PositiveSmallIntegerField()),
            ("edition", models.PositiveSmallIntegerField(default=1)),
            ("side", models.CharField(choices=[("buyer", "Buyer"), ("seller", "Seller")], max_length=6)),
            ("key", models.UUIDField()),
            currency(),
            ("amount_minor", models.BigIntegerField()),
            ("terms", models.JSONField(default=dict)),
            ("message", models.TextField(blank=True)),
            ("sha256", models.CharField(max_length=64)),
            ("made_at", models.DateTimeField()),
            ("expires_at", models.DateTimeField()),
            ("seen_at", models.DateTimeField(null=True)),
            ("made_by", to(USER, "+")),
            ("negotiation", to("listings.negotiation", "offers")),
            ("party", to("parties.party", "+")),
        ],
        options={
            "ordering": ("pk",),
            "constraints": [
                models.UniqueConstraint(
                    fields=("negotiation", "number", "edition"), name="one_offer_per_round_and_edition"
                ),
                models.UniqueConstraint(fields=("party", "key"), name="one_offer_per_key"),
                models.CheckConstraint(condition=Q(amount_minor__gt=0), name="offer_is_positive"),
                models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="offer_binds_for_a_while"),
            ],
        },
    ),
)


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0003_agreed_fees"),
        ("parties", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(MODELS),
        migrations.AddField(
            model_name="negotiation",
            name="standing",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="listings.offer"
            ),
        ),
        Guard(put_up, take_down),
    ]
