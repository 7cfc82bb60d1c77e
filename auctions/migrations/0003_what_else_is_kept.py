"""What else is append-only, whoever writes: package bids, halts and who ended them, what they held, records and traces.

Probes are for a day; then they may be forgotten.
"""

from importlib import import_module

from django.db import migrations
from market.kernel.migrating import Guard

sqlite = import_module("auctions.migrations.0002_bids_and_events_are_guarded").sqlite

KEPT = ("auctions_packagebid", "auctions_halt", "auctions_release", "auctions_pause")
WRITTEN = ("auctions_trace", "auctions_record", "auctions_recordsignature")  # rows hang on what is kept
PROBES = "platform_probe"

SQLITE = (
    *(statement for table in KEPT for statement in sqlite(table)),
    *(
        statement.replace(f"DELETE ON {PROBES}", f"DELETE ON {PROBES} WHEN OLD.at > datetime('now', '-1 day')")
        for statement in sqlite(PROBES)
    ),
    *(statement for table in WRITTEN for statement in sqlite(table) if "no_replace" not in statement),
)
SQLITE_DOWN = (
    *(f"DROP TRIGGER {table}_no_{what}" for table in (*KEPT, PROBES) for what in ("update", "delete", "replace")),
    *(f"DROP TRIGGER {table}_no_{what}" for table in WRITTEN for what in ("update", "delete")),
)
POSTGRESQL = (
    *(
        f"""CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION auctions_append_only()"""
        for table in (*KEPT, *WRITTEN)
    ),
    f"""CREATE TRIGGER {PROBES}_no_update BEFORE UPDATE ON {PROBES}
    FOR EACH ROW EXECUTE FUNCTION auctions_append_only()""",
    f"""CREATE TRIGGER {PROBES}_no_delete BEFORE DELETE ON {PROBES}
    FOR EACH ROW WHEN (OLD.at > now() - interval '1 day') EXECUTE FUNCTION auctions_append_only()""",
    *(
        f"""CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION auctions_append_only()"""
        for table in (*KEPT, PROBES)
    ),
)
POSTGRESQL_DOWN = (
    *(f"DROP TRIGGER {table}_no_change ON {table}" for table in (*KEPT, *WRITTEN)),
    *(f"DROP TRIGGER {PROBES}_no_{what} ON {PROBES}" for what in ("update", "delete")),
    *(f"DROP TRIGGER {table}_no_truncate ON {table}" for table in (*KEPT, PROBES)),
)


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def take_down(apps, editor):
    for statement in POSTGRESQL_DOWN if editor.connection.vendor == "postgresql" else SQLITE_DOWN:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("auctions", "0002_bids_and_events_are_guarded")]
    operations = [Guard(put_up, take_down)]
