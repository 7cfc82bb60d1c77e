"""The register's entries, which the database itself refuses to change or delete."""

from django.db import migrations
from market.kernel.migrating import Guard

# An INSERT OR REPLACE deletes without waking a DELETE trigger on SQLite, so the number of an entry may not come twice.
SQLITE = (
    """CREATE TRIGGER rights_event_no_update BEFORE UPDATE ON rights_event
    BEGIN SELECT RAISE(ABORT, 'rights_event is append-only'); END""",
    """CREATE TRIGGER rights_event_no_delete BEFORE DELETE ON rights_event
    BEGIN SELECT RAISE(ABORT, 'rights_event is append-only'); END""",
    """CREATE TRIGGER rights_event_no_replace BEFORE INSERT ON rights_event
    WHEN EXISTS (SELECT 1 FROM rights_event WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'rights_event is append-only'); END""",
)
SQLITE_DOWN = tuple(f"DROP TRIGGER rights_event_no_{what}" for what in ("update", "delete", "replace"))
POSTGRESQL = (
    """CREATE FUNCTION rights_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'rights_event is append-only' USING ERRCODE = 'check_violation'; END $$""",
    """CREATE TRIGGER rights_event_no_change BEFORE UPDATE OR DELETE ON rights_event
    FOR EACH ROW EXECUTE FUNCTION rights_event_append_only()""",
    """CREATE TRIGGER rights_event_no_truncate BEFORE TRUNCATE ON rights_event
    FOR EACH STATEMENT EXECUTE FUNCTION rights_event_append_only()""",
)
POSTGRESQL_DOWN = (
    "DROP TRIGGER rights_event_no_change ON rights_event",
    "DROP TRIGGER rights_event_no_truncate ON rights_event",
    "DROP FUNCTION rights_event_append_only()",
)


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def take_down(apps, editor):
    for statement in POSTGRESQL_DOWN if editor.connection.vendor == "postgresql" else SQLITE_DOWN:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("rights", "0003_grants_never_overlap")]
    operations = [Guard(put_up, take_down)]
