"""A hybrid's sealed bids and last offer start from the price that was taken, which lies below the announced start."""

from importlib import import_module

from django.db import migrations
from market.kernel.migrating import Guard

first = import_module("auctions.migrations.0002_bids_and_events_are_guarded")

SQLITE_LEAST = "(start_minor <= NEW.amount_minor OR NEW.kind = 'accept')"
LEAST = "(a.amount_minor < l.start_minor AND a.kind <> 'accept')"
FROM_PRICE = {
    first.NOT_ACCEPTABLE: (
        SQLITE_LEAST,
        SQLITE_LEAST.replace("'accept'", "'accept' OR (format = 'hybrid' AND price_minor <= NEW.amount_minor)"),
    ),
    first.BID_WRONG: (
        LEAST,
        LEAST.replace("'accept'", "'accept' AND (l.format <> 'hybrid' OR a.amount_minor < coalesce(l.price_minor, l.start_minor))"),
    ),
}


def sqlite(condition):
    yield "DROP TRIGGER auctions_bid_guard"
    yield f"""CREATE TRIGGER auctions_bid_guard BEFORE INSERT ON auctions_bid WHEN {condition}
    BEGIN SELECT RAISE(ABORT, 'this bid cannot be accepted'); END"""


def postgresql(condition):
    (made,) = (one for one in first.POSTGRESQL if one.startswith("CREATE FUNCTION auctions_bid_guard"))
    yield made.replace("CREATE", "CREATE OR REPLACE", 1).replace(first.BID_WRONG, condition)


def _put(editor, *, new):
    on_postgresql = editor.connection.vendor == "postgresql"
    condition = first.BID_WRONG if on_postgresql else first.NOT_ACCEPTABLE
    was, now = FROM_PRICE[condition]
    if was not in condition:
        raise AssertionError("the guard is another one")
    condition = condition.replace(was, now) if new else condition
    for statement in postgresql(condition) if on_postgresql else sqlite(condition):
        editor.execute(statement, params=None)


def put_up(apps, editor):
    _put(editor, new=True)


def take_down(apps, editor):
    _put(editor, new=False)


class Migration(migrations.Migration):
    dependencies = [("auctions", "0009_seller_default")]
    operations = [Guard(put_up, take_down)]
