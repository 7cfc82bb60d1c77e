"""The database itself keeps the log of the bidding whole, whoever writes: the product, its admin or a console.

Bids and events are never changed or deleted. An event is the next of its lot and links to the one before. An accepted bid
has its event, is higher than every accepted one before, comes from a bidder of the lot who may bid, while the lot takes
bids and before its end. A later migration that rebuilds either table on SQLite must put the triggers up again.
"""

from django.db import migrations

TABLES = ("auctions_bid", "auctions_event")

NOT_NEXT = """NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM auctions_event WHERE lot_id = NEW.lot_id)
    OR NEW.prev <> coalesce((SELECT hash FROM auctions_event WHERE lot_id = NEW.lot_id AND seq = NEW.seq - 1), '')
    OR NEW.seq > (SELECT seq FROM auctions_lot WHERE id = NEW.lot_id)"""

NOT_A_BIDDER = "NOT EXISTS (SELECT 1 FROM auctions_bidder WHERE id = NEW.bidder_id AND lot_id = NEW.lot_id)"

NOT_ACCEPTABLE = """NEW.seq IS NOT NULL AND (
    NOT EXISTS (SELECT 1 FROM auctions_event WHERE lot_id = NEW.lot_id AND seq = NEW.seq AND kind = 'bid')
    OR NOT EXISTS (SELECT 1 FROM auctions_bidder WHERE id = NEW.bidder_id AND state = 'active')
    OR NOT EXISTS (SELECT 1 FROM auctions_lot WHERE id = NEW.lot_id AND state IN ('live', 'extended')
        AND currency = NEW.currency AND start_minor <= NEW.amount_minor AND NEW.at < ends_at)
    OR NEW.seq <= coalesce((SELECT max(seq) FROM auctions_bid WHERE lot_id = NEW.lot_id), 0)
    OR NEW.amount_minor <= coalesce((SELECT amount_minor FROM auctions_bid WHERE lot_id = NEW.lot_id
        AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1), 0))"""


def sqlite(table):
    """An INSERT OR REPLACE deletes without waking a DELETE trigger, so an id may not come twice."""
    yield f"""CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
    yield f"""CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
    yield f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
        WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""


SQLITE = (
    *(statement for table in TABLES for statement in sqlite(table)),
    f"""CREATE TRIGGER auctions_event_guard BEFORE INSERT ON auctions_event WHEN {NOT_NEXT}
    BEGIN SELECT RAISE(ABORT, 'not the next event of its lot'); END""",
    f"""CREATE TRIGGER auctions_bid_bidder_guard BEFORE INSERT ON auctions_bid WHEN {NOT_A_BIDDER}
    BEGIN SELECT RAISE(ABORT, 'not a bidder of this lot'); END""",
    f"""CREATE TRIGGER auctions_bid_guard BEFORE INSERT ON auctions_bid WHEN {NOT_ACCEPTABLE}
    BEGIN SELECT RAISE(ABORT, 'this bid cannot be accepted'); END""",
)
SQLITE_DOWN = (
    *(f"DROP TRIGGER {table}_no_{what}" for table in TABLES for what in ("update", "delete", "replace")),
    "DROP TRIGGER auctions_event_guard",
    "DROP TRIGGER auctions_bid_bidder_guard",
    "DROP TRIGGER auctions_bid_guard",
)

POSTGRESQL = (
    """CREATE FUNCTION auctions_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$""",
    *(
        f"""CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION auctions_append_only()"""
        for table in TABLES
    ),
    *(
        f"""CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION auctions_append_only()"""
        for table in TABLES
    ),
    f"""CREATE FUNCTION auctions_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF {NOT_NEXT} THEN RAISE EXCEPTION 'not the next event of its lot' USING ERRCODE = 'check_violation'; END IF;
    RETURN NEW; END $$""",
    """CREATE TRIGGER auctions_event_guard BEFORE INSERT ON auctions_event
    FOR EACH ROW EXECUTE FUNCTION auctions_event_guard()""",
    f"""CREATE FUNCTION auctions_bid_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF {NOT_A_BIDDER} THEN RAISE EXCEPTION 'not a bidder of this lot' USING ERRCODE = 'check_violation'; END IF;
    IF {NOT_ACCEPTABLE} THEN RAISE EXCEPTION 'this bid cannot be accepted' USING ERRCODE = 'check_violation'; END IF;
    RETURN NEW; END $$""",
    """CREATE TRIGGER auctions_bid_guard BEFORE INSERT ON auctions_bid
    FOR EACH ROW EXECUTE FUNCTION auctions_bid_guard()""",
)
POSTGRESQL_DOWN = (
    *(f"DROP TRIGGER {table}_no_{what} ON {table}" for table in TABLES for what in ("change", "truncate")),
    "DROP TRIGGER auctions_event_guard ON auctions_event",
    "DROP TRIGGER auctions_bid_guard ON auctions_bid",
    "DROP FUNCTION auctions_event_guard()",
    "DROP FUNCTION auctions_bid_guard()",
    "DROP FUNCTION auctions_append_only()",
)


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def take_down(apps, editor):
    for statement in POSTGRESQL_DOWN if editor.connection.vendor == "postgresql" else SQLITE_DOWN:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("auctions", "0002_lot_reserve_met")]
    operations = [migrations.RunPython(put_up, take_down)]
