"""Bids and events are append-only and follow from each other, whoever writes.

On PostgreSQL the guards look at all rows of a statement at once, after it: a batch of two hundred bids is two questions.
The planner is kept from sequential scans inside them: a plan made while a table was nearly empty would stay in use for as
long as the connection lives, and read the whole log once a bid. SQLite has no triggers by statement and asks at each row.
"""

from django.db import migrations
from market.kernel.migrating import Guard

TABLES = ("auctions_bid", "auctions_event")

NOT_NEXT = """NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM auctions_event WHERE lot_id = NEW.lot_id)
    OR NEW.prev <> coalesce((SELECT hash FROM auctions_event WHERE lot_id = NEW.lot_id AND seq = NEW.seq - 1), '')
    OR NEW.seq > (SELECT seq FROM auctions_lot WHERE id = NEW.lot_id)"""

NOT_A_BIDDER = "NOT EXISTS (SELECT 1 FROM auctions_bidder WHERE id = NEW.bidder_id AND lot_id = NEW.lot_id)"

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

# Each event is the next of its lot, links to the one before, and is not ahead of its lot's row.
EVENT_WRONG = """SELECT 1 FROM (
        SELECT lot_id, seq, prev, lag(seq) OVER each AS after, lag(hash) OVER each AS link
        FROM added WINDOW each AS (PARTITION BY lot_id ORDER BY seq)
    ) a
    LEFT JOIN LATERAL (SELECT e.seq, e.hash FROM auctions_event e
        WHERE a.after IS NULL AND e.lot_id = a.lot_id AND e.seq < a.seq ORDER BY e.seq DESC LIMIT 1) b ON true
    LEFT JOIN auctions_lot l ON l.id = a.lot_id
    WHERE a.seq <> coalesce(a.after, b.seq, 0) + 1 OR a.prev <> coalesce(a.link, b.hash, '')
        OR a.seq > coalesce(l.seq, 0)"""

BIDDER_WRONG = """SELECT 1 FROM added a
    WHERE NOT EXISTS (SELECT 1 FROM auctions_bidder d WHERE d.id = a.bidder_id AND d.lot_id = a.lot_id)"""

# An accepted bid has its event, comes from a bidder who may bid, in time and not below the start.
BID_WRONG = """SELECT 1 FROM added a
    LEFT JOIN auctions_lot l ON l.id = a.lot_id
    LEFT JOIN auctions_bidder d ON d.id = a.bidder_id
    LEFT JOIN auctions_event e ON e.lot_id = a.lot_id AND e.seq = a.seq AND e.kind IN ('bid', 'sealed')
    WHERE a.code = '' AND (
        (a.seq IS NOT NULL AND e.seq IS NULL) OR d.state <> 'active' OR l.state NOT IN ('live', 'extended')
        OR a.currency <> l.currency OR (a.amount_minor < l.start_minor AND a.kind <> 'accept') OR a.at >= l.ends_at)"""

# No bid stands before one that was there already.
BID_TOO_EARLY = """SELECT 1 FROM (SELECT lot_id, min(seq) AS low, count(seq) AS many FROM added GROUP BY lot_id) a
    CROSS JOIN LATERAL (SELECT 1 FROM auctions_bid k
        WHERE k.lot_id = a.lot_id AND k.seq >= a.low ORDER BY k.seq OFFSET a.many LIMIT 1) b"""

# Exact bids rise; who may match the price may also name the same.
BID_NOT_HIGHER = """SELECT 1 FROM (
        SELECT lot_id, bidder_id, seq, amount_minor, lag(amount_minor) OVER each AS below
        FROM added WHERE seq IS NOT NULL AND kind IN ('exact', 'floor') WINDOW each AS (PARTITION BY lot_id ORDER BY seq)
    ) a
    LEFT JOIN LATERAL (SELECT k.amount_minor FROM auctions_bid k
        WHERE a.below IS NULL AND k.lot_id = a.lot_id AND k.seq < a.seq AND k.kind IN ('exact', 'floor')
        ORDER BY k.seq DESC LIMIT 1) b ON true
    JOIN auctions_bidder d ON d.id = a.bidder_id
    WHERE a.amount_minor < coalesce(a.below, b.amount_minor, 0) + CASE WHEN d.priority IS NULL THEN 1 ELSE 0 END"""

SETTINGS = """SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off
    SET enable_mergejoin = off SET jit = off"""


def raising(question, words):
    return f"IF EXISTS ({question}) THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation'; END IF;"


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
    f"""CREATE FUNCTION auctions_event_guard() RETURNS trigger LANGUAGE plpgsql {SETTINGS} AS $$ BEGIN
    {raising(EVENT_WRONG, 'not the next event of its lot')}
    RETURN NULL; END $$""",
    f"""CREATE FUNCTION auctions_bid_guard() RETURNS trigger LANGUAGE plpgsql {SETTINGS} AS $$ BEGIN
    {raising(BIDDER_WRONG, 'not a bidder of this lot')}
    {raising(BID_WRONG, 'this bid cannot be accepted')}
    {raising(BID_TOO_EARLY, 'this bid stands before another')}
    {raising(BID_NOT_HIGHER, 'this bid is not higher')}
    RETURN NULL; END $$""",
    """CREATE TRIGGER auctions_event_guard AFTER INSERT ON auctions_event
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION auctions_event_guard()""",
    """CREATE TRIGGER auctions_bid_guard AFTER INSERT ON auctions_bid
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION auctions_bid_guard()""",
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
    dependencies = [("auctions", "0001_initial")]
    operations = [Guard(put_up, take_down)]
