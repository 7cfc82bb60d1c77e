"""A bid is found by its bidder and key together: by the bidder alone, a kept plan read all that he ever bid.

For the same reason the guard looks for a bidder by its number alone, not among all of the lot.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from market.kernel.migrating import Guard, Unindexed

first = import_module("auctions.migrations.0002_bids_and_events_are_guarded")
tenth = import_module("auctions.migrations.0010_a_hybrid_is_bid_on_from_its_taken_price")

OF_LOT = "d.lot_id = a.lot_id"


def _put(editor, of_lot):
    if editor.connection.vendor == "postgresql":
        (made,) = tenth.postgresql(first.BID_WRONG.replace(*tenth.FROM_PRICE[first.BID_WRONG]))
        if made.count(OF_LOT) != 1:
            raise AssertionError("the guard is another one")
        editor.execute(made.replace(OF_LOT, of_lot), params=None)


def put_up(apps, editor):
    _put(editor, "d.lot_id + 0 = a.lot_id")


def take_down(apps, editor):
    _put(editor, OF_LOT)


class Migration(migrations.Migration):
    dependencies = [("auctions", "0010_a_hybrid_is_bid_on_from_its_taken_price")]
    operations = [
        migrations.AddIndex(
            model_name="bid", index=models.Index(fields=["bidder", "key"], name="bid_by_bidder_and_key")
        ),
        Unindexed(
            "bid",
            "bidder",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bids",
                to="auctions.bidder",
            ),
        ),
        Guard(put_up, take_down),
    ]
