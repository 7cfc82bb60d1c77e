"""What the bank said, what was decided of it and what became of a bid deposit is never changed or deleted, whoever asks."""

from django.db import migrations
from market.kernel.migrating import Guard

# Each table with the columns of which no value may come twice: an INSERT OR REPLACE deletes without waking a DELETE trigger
# on SQLite.
TABLES = {
    "payments_statement": ("id",),
    "payments_line": ("id",),
    "payments_decision": ("id",),
    "payments_decided": ("id",),
    "payments_depositoutcome": ("id", "hold_id"),
}
SQLITE = (
    """CREATE TRIGGER {0}_no_update BEFORE UPDATE ON {0}
    BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END""",
    """CREATE TRIGGER {0}_no_delete BEFORE DELETE ON {0}
    BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END""",
    """CREATE TRIGGER {0}_no_replace BEFORE INSERT ON {0}
    WHEN EXISTS (SELECT 1 FROM {0} WHERE {1})
    BEGIN SELECT RAISE(ABORT, 'UNIQUE: {0} is append-only'); END""",
)
SQLITE_DOWN = tuple(f"DROP TRIGGER {{0}}_no_{what}" for what in ("update", "delete", "replace"))

FUNCTION = """CREATE FUNCTION payments_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$"""
POSTGRESQL = (
    """CREATE TRIGGER {0}_no_change BEFORE UPDATE OR DELETE ON {0}
    FOR EACH ROW EXECUTE FUNCTION payments_append_only()""",
    """CREATE TRIGGER {0}_no_truncate BEFORE TRUNCATE ON {0}
    FOR EACH STATEMENT EXECUTE FUNCTION payments_append_only()""",
)
POSTGRESQL_DOWN = ("DROP TRIGGER {0}_no_change ON {0}", "DROP TRIGGER {0}_no_truncate ON {0}")


def put_up(apps, editor):
    postgresql = editor.connection.vendor == "postgresql"
    if postgresql:
        editor.execute(FUNCTION, params=None)
    for table, once in TABLES.items():
        taken = " OR ".join(f"{column} = NEW.{column}" for column in once)
        for statement in POSTGRESQL if postgresql else SQLITE:
            editor.execute(statement.replace("{0}", table).replace("{1}", taken), params=None)


def take_down(apps, editor):
    postgresql = editor.connection.vendor == "postgresql"
    for table in TABLES:
        for statement in POSTGRESQL_DOWN if postgresql else SQLITE_DOWN:
            editor.execute(statement.replace("{0}", table), params=None)
    if postgresql:
        editor.execute("DROP FUNCTION payments_append_only()", params=None)


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_money_in_and_out")]

    operations = [Guard(put_up, take_down)]
