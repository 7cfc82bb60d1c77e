"""The database itself keeps the chain of title: a link may end, once; it is never rewritten, and never deleted once the
right is verified."""

from django.db import migrations
from market.kernel.migrating import Guard

KEPT = ("right_id", "holder_id", "share_num", "share_den", "since", "basis", "source")

# An INSERT OR REPLACE deletes without waking a DELETE trigger on SQLite, so the number of a title may not come twice.
SQLITE = (
    f"""CREATE TRIGGER rights_title_no_rewrite BEFORE UPDATE ON rights_title
    WHEN OLD.until IS NOT NULL OR {" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in KEPT)}
    BEGIN SELECT RAISE(ABORT, 'a title may only end, once'); END""",
    """CREATE TRIGGER rights_title_no_delete BEFORE DELETE ON rights_title
    WHEN (SELECT state FROM rights_right WHERE id = OLD.right_id) IS NOT 'draft'
    BEGIN SELECT RAISE(ABORT, 'a title may only end, once'); END""",
    """CREATE TRIGGER rights_title_no_replace BEFORE INSERT ON rights_title
    WHEN EXISTS (SELECT 1 FROM rights_title WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'a title may only end, once'); END""",
)
SQLITE_DOWN = tuple(f"DROP TRIGGER rights_title_no_{what}" for what in ("rewrite", "delete", "replace"))

POSTGRESQL = (
    """CREATE FUNCTION rights_title_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND (SELECT state FROM rights_right WHERE id = OLD.right_id) = 'draft' THEN
        RETURN OLD;
      END IF;
      IF TG_OP = 'UPDATE' AND OLD.until IS NULL
        AND (NEW.right_id, NEW.holder_id, NEW.share_num, NEW.share_den, NEW.since, NEW.basis, NEW.source)
        IS NOT DISTINCT FROM (OLD.right_id, OLD.holder_id, OLD.share_num, OLD.share_den, OLD.since, OLD.basis, OLD.source)
      THEN
        RETURN NEW;
      END IF;
      RAISE EXCEPTION 'a title may only end, once' USING ERRCODE = 'check_violation';
    END $$""",
    """CREATE TRIGGER rights_title_kept BEFORE UPDATE OR DELETE ON rights_title
    FOR EACH ROW EXECUTE FUNCTION rights_title_is_kept()""",
)
POSTGRESQL_DOWN = ("DROP TRIGGER rights_title_kept ON rights_title", "DROP FUNCTION rights_title_is_kept()")


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def take_down(apps, editor):
    for statement in POSTGRESQL_DOWN if editor.connection.vendor == "postgresql" else SQLITE_DOWN:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("rights", "0001_initial")]
    operations = [Guard(put_up, take_down)]
