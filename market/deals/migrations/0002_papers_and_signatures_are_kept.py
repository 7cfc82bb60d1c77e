"""The database itself refuses to change or delete a paper or a signature, whoever asks."""

from django.db import migrations
from market.kernel.migrating import Guard

TABLES = ("deals_paper", "deals_signature")

# An INSERT OR REPLACE deletes without waking a DELETE trigger on SQLite, so the number of a row may not come twice.
SQLITE = (
    """CREATE TRIGGER {0}_no_update BEFORE UPDATE ON {0}
    BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END""",
    """CREATE TRIGGER {0}_no_delete BEFORE DELETE ON {0}
    BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END""",
    """CREATE TRIGGER {0}_no_replace BEFORE INSERT ON {0}
    WHEN EXISTS (SELECT 1 FROM {0} WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END""",
)
SQLITE_DOWN = tuple(f"DROP TRIGGER {{0}}_no_{what}" for what in ("update", "delete", "replace"))

FUNCTION = """CREATE FUNCTION deals_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$"""
POSTGRESQL = (
    """CREATE TRIGGER {0}_no_change BEFORE UPDATE OR DELETE ON {0}
    FOR EACH ROW EXECUTE FUNCTION deals_append_only()""",
    """CREATE TRIGGER {0}_no_truncate BEFORE TRUNCATE ON {0}
    FOR EACH STATEMENT EXECUTE FUNCTION deals_append_only()""",
)
POSTGRESQL_DOWN = ("DROP TRIGGER {0}_no_change ON {0}", "DROP TRIGGER {0}_no_truncate ON {0}")


def put_up(apps, editor):
    postgresql = editor.connection.vendor == "postgresql"
    if postgresql:
        editor.execute(FUNCTION, params=None)
    for table in TABLES:
        for statement in POSTGRESQL if postgresql else SQLITE:
            editor.execute(statement.replace("{0}", table), params=None)


def take_down(apps, editor):
    postgresql = editor.connection.vendor == "postgresql"
    for table in TABLES:
        for statement in POSTGRESQL_DOWN if postgresql else SQLITE_DOWN:
            editor.execute(statement.replace("{0}", table), params=None)
    if postgresql:
        editor.execute("DROP FUNCTION deals_append_only()", params=None)


class Migration(migrations.Migration):
    dependencies = [("deals", "0001_initial")]
    operations = [Guard(put_up, take_down)]
