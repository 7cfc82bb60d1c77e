"""The database itself keeps the books: append-only, one currency a movement, nobody overdrawn, a hold ends once.

The rules hold for whoever writes, a console too. A later migration that alters one of these tables on SQLite must take
the guards down first and put them up again after, because SQLite alters a table by making it anew.
"""

from django.db import migrations
from market.kernel.migrating import Guard

TABLES = {  # table -> what may not come twice (an INSERT OR REPLACE on SQLite deletes without waking a trigger)
    "ledger_account": ("id", "code"),
    "ledger_hold": ("id", "ref"),
    "ledger_transfer": ("id", "ref", "hold_id"),
    "ledger_void": ("id", "hold_id"),
}

# Every account's balance on its normal side, and what open holds have set aside of it.
STANDING = """CREATE VIEW ledger_standing AS
SELECT a.id AS account_id, a.overdraft,
  CASE a.kind WHEN 'asset' THEN -1 ELSE 1 END * CAST(
    COALESCE((SELECT SUM(t.amount_minor) FROM ledger_transfer t WHERE t.credit_id = a.id), 0)
    - COALESCE((SELECT SUM(t.amount_minor) FROM ledger_transfer t WHERE t.debit_id = a.id), 0) AS bigint) AS balance,
  CAST(COALESCE((SELECT SUM(h.amount_minor) FROM ledger_hold h
    WHERE ((h.debit_id = a.id AND a.kind <> 'asset') OR (h.credit_id = a.id AND a.kind = 'asset'))
      AND NOT EXISTS (SELECT 1 FROM ledger_transfer t WHERE t.hold_id = h.id)
      AND NOT EXISTS (SELECT 1 FROM ledger_void v WHERE v.hold_id = h.id)), 0) AS bigint) AS held
FROM ledger_account a"""

# The account that a movement makes smaller: a debit shrinks what we owe, a credit what we have.
SHRINKS = "((a.id = {0}.debit_id AND a.kind <> 'asset') OR (a.id = {0}.credit_id AND a.kind = 'asset'))"

POSTGRESQL = (
    STANDING,
    """CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$""",
    # REPEATABLE READ would check against a snapshot older than the lock just taken. The posting of a hold is not
    # counted against its own hold.
    f"""CREATE FUNCTION ledger_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      own bigint := CASE WHEN to_jsonb(NEW) ->> 'hold_id' IS NULL THEN 0 ELSE NEW.amount_minor END;
    BEGIN
      IF current_setting('transaction_isolation') = 'repeatable read' THEN
        RAISE EXCEPTION 'the ledger is written in read committed or serializable' USING ERRCODE = 'check_violation';
      END IF;
      IF (SELECT count(*) FROM ledger_account a
          WHERE a.id IN (NEW.debit_id, NEW.credit_id) AND a.currency = NEW.currency) <> 2 THEN
        RAISE EXCEPTION 'both accounts keep the currency of the movement' USING ERRCODE = 'check_violation';
      END IF;
      PERFORM 1 FROM ledger_account a WHERE {SHRINKS.format("NEW")} AND NOT a.overdraft ORDER BY a.id FOR NO KEY UPDATE;
      IF EXISTS (SELECT 1 FROM ledger_account a JOIN ledger_standing s ON s.account_id = a.id
          WHERE {SHRINKS.format("NEW")} AND NOT a.overdraft AND s.balance - s.held + own < NEW.amount_minor) THEN
        RAISE EXCEPTION 'the account may not be overdrawn' USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END $$""",
    """CREATE FUNCTION ledger_posting() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM 1 FROM ledger_hold h WHERE h.id = NEW.hold_id FOR NO KEY UPDATE;
      IF NOT EXISTS (SELECT 1 FROM ledger_hold h WHERE h.id = NEW.hold_id
          AND (h.ref, h.debit_id, h.credit_id, h.amount_minor, h.currency)
            = (NEW.ref, NEW.debit_id, NEW.credit_id, NEW.amount_minor, NEW.currency))
        OR EXISTS (SELECT 1 FROM ledger_void v WHERE v.hold_id = NEW.hold_id) THEN
        RAISE EXCEPTION 'a posting repeats its open hold' USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END $$""",
    f"""CREATE FUNCTION ledger_voiding() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM 1 FROM ledger_account a JOIN ledger_hold h ON h.id = NEW.hold_id
        WHERE {SHRINKS.format("h")} ORDER BY a.id FOR NO KEY UPDATE OF a;
      PERFORM 1 FROM ledger_hold h WHERE h.id = NEW.hold_id FOR NO KEY UPDATE;
      IF EXISTS (SELECT 1 FROM ledger_transfer t WHERE t.hold_id = NEW.hold_id) THEN
        RAISE EXCEPTION 'a posted hold is not void' USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END $$""",
    "CREATE TRIGGER a_guard BEFORE INSERT ON ledger_hold FOR EACH ROW EXECUTE FUNCTION ledger_guard()",
    "CREATE TRIGGER a_guard BEFORE INSERT ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_guard()",
    """CREATE TRIGGER b_posting BEFORE INSERT ON ledger_transfer FOR EACH ROW
    WHEN (NEW.hold_id IS NOT NULL) EXECUTE FUNCTION ledger_posting()""",
    "CREATE TRIGGER a_guard BEFORE INSERT ON ledger_void FOR EACH ROW EXECUTE FUNCTION ledger_voiding()",
    *(
        f"""CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION ledger_append_only()"""
        for table in TABLES
    ),
    *(
        f"""CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()"""
        for table in TABLES
    ),
)
POSTGRESQL_DOWN = (
    *(f"DROP TRIGGER no_change ON {table}" for table in TABLES),
    *(f"DROP TRIGGER no_truncate ON {table}" for table in TABLES),
    *(f"DROP TRIGGER a_guard ON ledger_{what}" for what in ("hold", "transfer", "void")),
    "DROP TRIGGER b_posting ON ledger_transfer",
    *(f"DROP FUNCTION ledger_{what}()" for what in ("append_only", "guard", "posting", "voiding")),
    "DROP VIEW ledger_standing",
)


def _sqlite_guard(table, own):
    """One currency and nobody overdrawn; `own` is the part of the held money that the new row itself releases."""
    return f"""CREATE TRIGGER {table}_guard BEFORE INSERT ON {table} BEGIN
      SELECT RAISE(ABORT, 'both accounts keep the currency of the movement') WHERE 2 <>
        (SELECT count(*) FROM ledger_account a
         WHERE a.id IN (NEW.debit_id, NEW.credit_id) AND a.currency = NEW.currency);
      SELECT RAISE(ABORT, 'the account may not be overdrawn') WHERE EXISTS
        (SELECT 1 FROM ledger_account a JOIN ledger_standing s ON s.account_id = a.id
         WHERE {SHRINKS.format("NEW")} AND NOT a.overdraft AND s.balance - s.held + {own} < NEW.amount_minor);
    END"""


SQLITE = (
    STANDING,
    _sqlite_guard("ledger_hold", "0"),
    _sqlite_guard("ledger_transfer", "CASE WHEN NEW.hold_id IS NULL THEN 0 ELSE NEW.amount_minor END"),
    """CREATE TRIGGER ledger_transfer_posting BEFORE INSERT ON ledger_transfer WHEN NEW.hold_id IS NOT NULL BEGIN
      SELECT RAISE(ABORT, 'a posting repeats its open hold')
      WHERE NOT EXISTS (SELECT 1 FROM ledger_hold h WHERE h.id = NEW.hold_id
          AND (h.ref, h.debit_id, h.credit_id, h.amount_minor, h.currency)
            = (NEW.ref, NEW.debit_id, NEW.credit_id, NEW.amount_minor, NEW.currency))
        OR EXISTS (SELECT 1 FROM ledger_void v WHERE v.hold_id = NEW.hold_id);
    END""",
    """CREATE TRIGGER ledger_void_guard BEFORE INSERT ON ledger_void BEGIN
      SELECT RAISE(ABORT, 'a posted hold is not void')
      WHERE EXISTS (SELECT 1 FROM ledger_transfer t WHERE t.hold_id = NEW.hold_id);
    END""",
    *(
        f"""CREATE TRIGGER {table}_no_{what} BEFORE {what.upper()} ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
        for table in TABLES
        for what in ("update", "delete")
    ),
    *(
        f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
        WHEN EXISTS (SELECT 1 FROM {table} WHERE {" OR ".join(f"{column} = NEW.{column}" for column in keys)})
        BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
        for table, keys in TABLES.items()
    ),
)
SQLITE_DOWN = (
    *(f"DROP TRIGGER {table}_no_{what}" for table in TABLES for what in ("update", "delete", "replace")),
    *(f"DROP TRIGGER ledger_{what}_guard" for what in ("hold", "transfer", "void")),
    "DROP TRIGGER ledger_transfer_posting",
    "DROP VIEW ledger_standing",
)


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def take_down(apps, editor):
    for statement in POSTGRESQL_DOWN if editor.connection.vendor == "postgresql" else SQLITE_DOWN:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [Guard(put_up, take_down)]
