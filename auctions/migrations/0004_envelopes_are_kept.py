"""Envelopes are append-only and come in time, whoever writes.

An envelope is the next of its lot, from a bidder of the lot who may bid, while the lot takes bids and before its end.
"""

from django.db import migrations
from market.kernel.migrating import Guard

TABLE = "auctions_envelope"
NOT_TAKEN = """NEW.index <> (SELECT coalesce(max(index), 0) + 1 FROM auctions_envelope WHERE lot_id = NEW.lot_id)
    OR NOT EXISTS (SELECT 1 FROM auctions_bidder WHERE id = NEW.bidder_id AND lot_id = NEW.lot_id AND state = 'active')
    OR NOT EXISTS (SELECT 1 FROM auctions_lot WHERE id = NEW.lot_id AND format = 'envelope'
        AND state IN ('live', 'extended') AND NEW.at < ends_at)"""

SQLITE = (
    f"""CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END""",
    f"""CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END""",
    f"""CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE}
        WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END""",
    f"""CREATE TRIGGER {TABLE}_guard BEFORE INSERT ON {TABLE} WHEN {NOT_TAKEN.replace("index", '"index"')}
        BEGIN SELECT RAISE(ABORT, 'this envelope cannot be taken'); END""",
)
SQLITE_DOWN = tuple(f"DROP TRIGGER {TABLE}_{what}" for what in ("no_update", "no_delete", "no_replace", "guard"))

POSTGRESQL = (
    f"""CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION auctions_append_only()""",
    f"""CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION auctions_append_only()""",
    f"""CREATE FUNCTION {TABLE}_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF {NOT_TAKEN} THEN RAISE EXCEPTION 'this envelope cannot be taken' USING ERRCODE = 'check_violation'; END IF;
    RETURN NEW; END $$""",
    f"""CREATE TRIGGER {TABLE}_guard BEFORE INSERT ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {TABLE}_guard()""",
)
POSTGRESQL_DOWN = (
    *(f"DROP TRIGGER {TABLE}_{what} ON {TABLE}" for what in ("no_change", "no_truncate", "guard")),
    f"DROP FUNCTION {TABLE}_guard()",
)


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def take_down(apps, editor):
    for statement in POSTGRESQL_DOWN if editor.connection.vendor == "postgresql" else SQLITE_DOWN:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("auctions", "0003_what_else_is_kept")]
    operations = [Guard(put_up, take_down)]
