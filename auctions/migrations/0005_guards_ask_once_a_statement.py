"""On PostgreSQL the guards of events and bids look at all rows of a statement at once, after it, not at each before it.

Both tables lose the index on the lot alone, which the constraints that begin with the lot make needless, and which a
planner without statistics takes for as good as theirs.

What the guards refuse is the same as before (0003, 0004). A batch of two hundred bids is then two questions instead of two
thousand. The planner is kept from sequential scans inside them: a plan made while a table was nearly empty would stay in
use for as long as the connection lives, and read the whole log once a bid. SQLite has no triggers by statement and keeps
its own.
"""

import django.db.models.deletion
from django.db import migrations, models

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

NOT_A_BIDDER = """SELECT 1 FROM added a
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


UP = (
    "DROP TRIGGER auctions_event_guard ON auctions_event",
    "DROP TRIGGER auctions_bid_guard ON auctions_bid",
    f"""CREATE OR REPLACE FUNCTION auctions_event_guard() RETURNS trigger LANGUAGE plpgsql {SETTINGS} AS $$ BEGIN
    {raising(EVENT_WRONG, 'not the next event of its lot')}
    RETURN NULL; END $$""",
    f"""CREATE OR REPLACE FUNCTION auctions_bid_guard() RETURNS trigger LANGUAGE plpgsql {SETTINGS} AS $$ BEGIN
    {raising(NOT_A_BIDDER, 'not a bidder of this lot')}
    {raising(BID_WRONG, 'this bid cannot be accepted')}
    {raising(BID_TOO_EARLY, 'this bid stands before another')}
    {raising(BID_NOT_HIGHER, 'this bid is not higher')}
    RETURN NULL; END $$""",
    """CREATE TRIGGER auctions_event_guard AFTER INSERT ON auctions_event
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION auctions_event_guard()""",
    """CREATE TRIGGER auctions_bid_guard AFTER INSERT ON auctions_bid
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION auctions_bid_guard()""",
)


def put_up(apps, editor):
    if editor.connection.vendor == "postgresql":
        for statement in UP:
            editor.execute(statement, params=None)


def take_down(apps, editor):
    """Back to the guards of 0004."""
    if editor.connection.vendor == "postgresql":
        from importlib import import_module

        editor.execute("DROP TRIGGER auctions_event_guard ON auctions_event", params=None)
        editor.execute("DROP TRIGGER auctions_bid_guard ON auctions_bid", params=None)
        before, formats = (
            import_module(f"auctions.migrations.{name}")
            for name in ("0003_bids_and_events_are_guarded", "0004_formats")
        )
        for statement in before.POSTGRESQL:
            if "_guard" in statement:
                rewritten = statement.replace(before.NOT_ACCEPTABLE, formats.NOT_ACCEPTABLE)
                editor.execute(rewritten.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"), params=None)


def drop_needless(apps, editor):
    for name in ("Bid", "Event"):
        model = apps.get_model("auctions", name)
        for index in editor._constraint_names(model, ["lot_id"], index=True, unique=False):
            editor.execute(f"DROP INDEX {editor.quote_name(index)}", params=None)


def make_needless(apps, editor):
    for table in ("auctions_bid", "auctions_event"):
        editor.execute(f"CREATE INDEX {table}_lot_id ON {table} (lot_id)", params=None)


class Migration(migrations.Migration):
    dependencies = [("auctions", "0006_packages")]
    operations = [
        migrations.RunPython(put_up, take_down),
        migrations.SeparateDatabaseAndState(  # the ORM would rebuild SQLite's tables, and their triggers would be gone
            [migrations.RunPython(drop_needless, make_needless)],
            [
                migrations.AlterField(
                    model_name=name,
                    name="lot",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name=f"{name}s",
                        to="auctions.lot",
                    ),
                )
                for name in ("bid", "event")
            ],
        ),
    ]
