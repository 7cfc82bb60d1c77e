"""The database itself refuses to change or delete a fact, whoever asks: the product, its admin or a console."""

from django.db import migrations
from market.kernel.migrating import Guard

# An INSERT OR REPLACE deletes without waking a DELETE trigger on SQLite, so the number of a fact may not come twice.
SQLITE = (
    """CREATE TRIGGER trail_fact_no_update BEFORE UPDATE ON trail_fact
    BEGIN SELECT RAISE(ABORT, 'trail_fact is append-only'); END""",
    """CREATE TRIGGER trail_fact_no_delete BEFORE DELETE ON trail_fact
    BEGIN SELECT RAISE(ABORT, 'trail_fact is append-only'); END""",
    """CREATE TRIGGER trail_fact_no_replace BEFORE INSERT ON trail_fact
    WHEN EXISTS (SELECT 1 FROM trail_fact WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'trail_fact is append-only'); END""",
)
SQLITE_DOWN = tuple(f"DROP TRIGGER trail_fact_no_{what}" for what in ("update", "delete", "replace"))

POSTGRESQL = (
    """CREATE FUNCTION trail_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$""",
    """CREATE TRIGGER trail_fact_no_change BEFORE UPDATE OR DELETE ON trail_fact
    FOR EACH ROW EXECUTE FUNCTION trail_append_only()""",
    """CREATE TRIGGER trail_fact_no_truncate BEFORE TRUNCATE ON trail_fact
    FOR EACH STATEMENT EXECUTE FUNCTION trail_append_only()""",
)
POSTGRESQL_DOWN = (
    "DROP TRIGGER trail_fact_no_change ON trail_fact",
    "DROP TRIGGER trail_fact_no_truncate ON trail_fact",
    "DROP FUNCTION trail_append_only()",
)


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def take_down(apps, editor):
    for statement in POSTGRESQL_DOWN if editor.connection.vendor == "postgresql" else SQLITE_DOWN:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_initial")]
    operations = [Guard(put_up, take_down)]
