"""Lots name their format, bids their kind; the guards let a proxy's maximum stand beside lower bids.

SQLite rebuilds the tables, which takes their triggers away: all come down first and go up again at the end.
"""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Q

before = import_module("auctions.migrations.0003_bids_and_events_are_guarded")

# Accepted is what has no code. Only exact bids must rise; who may match the price may also name the same.
NOT_ACCEPTABLE = """NEW.code = '' AND (
    (NEW.seq IS NOT NULL AND NOT EXISTS (SELECT 1 FROM auctions_event
        WHERE lot_id = NEW.lot_id AND seq = NEW.seq AND kind IN ('bid', 'sealed')))
    OR NOT EXISTS (SELECT 1 FROM auctions_bidder WHERE id = NEW.bidder_id AND state = 'active')
    OR NOT EXISTS (SELECT 1 FROM auctions_lot WHERE id = NEW.lot_id AND state IN ('live', 'extended')
        AND currency = NEW.currency AND (start_minor <= NEW.amount_minor OR NEW.kind = 'accept') AND NEW.at < ends_at)
    OR NEW.seq <= coalesce((SELECT max(seq) FROM auctions_bid WHERE lot_id = NEW.lot_id), 0)
    OR (NEW.kind IN ('exact', 'floor') AND NEW.amount_minor < coalesce((SELECT amount_minor
        + CASE WHEN EXISTS (SELECT 1 FROM auctions_bidder WHERE id = NEW.bidder_id AND priority IS NOT NULL)
            THEN 0 ELSE 1 END
        FROM auctions_bid WHERE lot_id = NEW.lot_id AND seq IS NOT NULL AND kind IN ('exact', 'floor')
        ORDER BY seq DESC LIMIT 1), 0)))"""


def put_up(apps, editor):
    for statement in before.POSTGRESQL if editor.connection.vendor == "postgresql" else before.SQLITE:
        editor.execute(statement.replace(before.NOT_ACCEPTABLE, NOT_ACCEPTABLE), params=None)


FORMATS = [
    ("english", "Ascending bids"),
    ("free_then_timed", "Free period, then timed rounds"),
    ("auctioneer", "Led by the auctioneer"),
    ("sealed_first", "Sealed bids, the highest pays its own price"),
    ("sealed_second", "Sealed bids, the highest pays the second price"),
    ("dutch", "Falling price"),
    ("hybrid", "Falling price, then sealed bids, then a last offer"),
    ("uniform", "Several licences at one price"),
]
KINDS = [
    ("exact", "Exact bid"),
    ("proxy", "Maximum"),
    ("floor", "Called in the room"),
    ("sealed", "Sealed bid"),
    ("accept", "Falling price accepted"),
    ("best", "Last offer"),
    ("units", "Price for each of several licences"),
]


class Migration(migrations.Migration):
    dependencies = [("auctions", "0003_bids_and_events_are_guarded")]
    operations = [
        migrations.RunPython(before.take_down, before.put_up),
        migrations.AddField(
            model_name="lot",
            name="format",
            field=models.CharField(choices=FORMATS, default="english", max_length=16, verbose_name="format"),
        ),
        migrations.AddField(model_name="lot", name="params", field=models.JSONField(blank=True, default=dict)),
        migrations.AddField(model_name="lot", name="public", field=models.JSONField(blank=True, default=dict)),
        migrations.AddField(model_name="lot", name="secret", field=models.JSONField(blank=True, default=dict)),
        migrations.AddField(
            model_name="bidder",
            name="priority",
            field=models.PositiveSmallIntegerField(help_text="rank of a priority right; 1 comes first", null=True),
        ),
        migrations.AddField(
            model_name="bid",
            name="kind",
            field=models.CharField(choices=KINDS, default="exact", max_length=8),
        ),
        migrations.AddField(model_name="bid", name="units", field=models.PositiveIntegerField(default=1)),
        migrations.RemoveConstraint(model_name="bid", name="bid_accepted_or_refused"),
        migrations.AddConstraint(
            model_name="bid",
            constraint=models.CheckConstraint(condition=Q(seq=None) | Q(code=""), name="bid_refused_has_no_event"),
        ),
        migrations.AlterField(model_name="event", name="kind", field=models.CharField(max_length=20)),
        migrations.RunPython(put_up, before.take_down),
    ]
