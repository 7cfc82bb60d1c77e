"""The database itself refuses to change or delete an entry of a filing's history, whoever asks."""

from django.db import migrations
from market.kernel.migrating import Guard

# An INSERT OR REPLACE deletes without waking a DELETE trigger on SQLite, so the number of an entry may not come twice.
SQLITE = (
    """CREATE TRIGGER filings_filingentry_no_update BEFORE UPDATE ON filings_filingentry
    BEGIN SELECT RAISE(ABORT, 'filings_filingentry is append-only'); END""",
    """CREATE TRIGGER filings_filingentry_no_delete BEFORE DELETE ON filings_filingentry
    BEGIN SELECT RAISE(ABORT, 'filings_filingentry is append-only'); END""",
    """CREATE TRIGGER filings_filingentry_no_replace BEFORE INSERT ON filings_filingentry
    WHEN EXISTS (SELECT 1 FROM filings_filingentry WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'filings_filingentry is append-only'); END""",
)
SQLITE_DOWN = tuple(f"DROP TRIGGER filings_filingentry_no_{what}" for what in ("update", "delete", "replace"))

POSTGRESQL = (
    """CREATE FUNCTION filings_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$""",
    """CREATE TRIGGER filings_filingentry_no_change BEFORE UPDATE OR DELETE ON filings_filingentry
    FOR EACH ROW EXECUTE FUNCTION filings_append_only()""",
    """CREATE TRIGGER filings_filingentry_no_truncate BEFORE TRUNCATE ON filings_filingentry
    FOR EACH STATEMENT EXECUTE FUNCTION filings_append_only()""",
)
POSTGRESQL_DOWN = (
    "DROP TRIGGER filings_filingentry_no_change ON filings_filingentry",
    "DROP TRIGGER filings_filingentry_no_truncate ON filings_filingentry",
    "DROP FUNCTION filings_append_only()",
)


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def take_down(apps, editor):
    for statement in POSTGRESQL_DOWN if editor.connection.vendor == "postgresql" else SQLITE_DOWN:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("filings", "0001_initial")]
    operations = [Guard(put_up, take_down)]
