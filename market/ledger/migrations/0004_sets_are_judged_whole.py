"""A statement's movements are judged together, at its end; a hold that has expired is not posted.

Judged row by row, a set of n transfers adds up its accounts n times. PostgreSQL shows a trigger all rows of a statement
at once; SQLite cannot, and has one writer. A posting takes what it moves out of the balance and out of what is held, so
that it needs no exception.
"""

from django.db import migrations, models
from market.kernel.migrating import Guard

# Both keep the currency; then, accounts that the rows make smaller locked in one order, none of them has less than it
# holds. REPEATABLE READ would look at a snapshot older than those locks. Accounts and transfers are found by index, however
# the planner reads the statistics (migration 0003) and however many rows the statement had for which it planned.
GUARD = """CREATE OR REPLACE FUNCTION ledger_guard() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
  debited bigint[] := ARRAY(SELECT DISTINCT debit_id FROM entered);
  credited bigint[] := ARRAY(SELECT DISTINCT credit_id FROM entered);
  shrunk bigint[];
BEGIN
  IF current_setting('transaction_isolation') = 'repeatable read' THEN
    RAISE EXCEPTION 'the ledger is written in read committed or serializable' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM (
      SELECT debit_id AS id, currency FROM entered UNION SELECT credit_id, currency FROM entered) e
      LEFT JOIN ledger_account a ON a.id = e.id WHERE a.currency IS DISTINCT FROM e.currency) THEN
    RAISE EXCEPTION 'both accounts keep the currency of the movement' USING ERRCODE = 'check_violation';
  END IF;
  shrunk := ARRAY(
    SELECT a.id FROM ledger_account a WHERE a.id = ANY (debited) AND a.kind <> 'asset' AND NOT a.overdraft
    UNION ALL
    SELECT a.id FROM ledger_account a WHERE a.id = ANY (credited) AND a.kind = 'asset' AND NOT a.overdraft);
  PERFORM 1 FROM ledger_account a WHERE a.id = ANY (shrunk) ORDER BY a.id FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM ledger_standing s WHERE s.account_id = ANY (shrunk) AND s.balance < s.held) THEN
    RAISE EXCEPTION 'the account may not be overdrawn' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$"""
POSTING = """CREATE OR REPLACE FUNCTION ledger_posting() RETURNS trigger LANGUAGE plpgsql SET jit = off AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM entered WHERE hold_id IS NOT NULL) THEN
    RETURN NULL;
  END IF;
  PERFORM 1 FROM ledger_hold h WHERE h.id = ANY (ARRAY(SELECT hold_id FROM entered)) ORDER BY h.id FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM entered e LEFT JOIN ledger_hold h ON h.id = e.hold_id
      WHERE e.hold_id IS NOT NULL
        AND ((h.ref, h.debit_id, h.credit_id, h.amount_minor, h.currency)
            IS DISTINCT FROM (e.ref, e.debit_id, e.credit_id, e.amount_minor, e.currency)
          OR h.expires_at <= e.at OR EXISTS (SELECT 1 FROM ledger_void v WHERE v.hold_id = e.hold_id))) THEN
    RAISE EXCEPTION 'a posting repeats its open hold' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$"""
POSTGRESQL = (
    "DROP TRIGGER a_guard ON ledger_hold",
    "DROP TRIGGER a_guard ON ledger_transfer",
    "DROP TRIGGER b_posting ON ledger_transfer",
    GUARD,
    POSTING,
    *(
        f"""CREATE TRIGGER {trigger} AFTER INSERT ON {table} REFERENCING NEW TABLE AS entered
        FOR EACH STATEMENT EXECUTE FUNCTION {function}()"""
        for trigger, table, function in (
            ("a_guard", "ledger_hold", "ledger_guard"),
            ("a_posting", "ledger_transfer", "ledger_posting"),
            ("b_guard", "ledger_transfer", "ledger_guard"),
        )
    ),
)
SQLITE = (
    "DROP TRIGGER ledger_transfer_posting",
    """CREATE TRIGGER ledger_transfer_posting BEFORE INSERT ON ledger_transfer WHEN NEW.hold_id IS NOT NULL BEGIN
      SELECT RAISE(ABORT, 'a posting repeats its open hold')
      WHERE NOT EXISTS (SELECT 1 FROM ledger_hold h WHERE h.id = NEW.hold_id
          AND (h.expires_at IS NULL OR h.expires_at > NEW.at)
          AND (h.ref, h.debit_id, h.credit_id, h.amount_minor, h.currency)
            = (NEW.ref, NEW.debit_id, NEW.credit_id, NEW.amount_minor, NEW.currency))
        OR EXISTS (SELECT 1 FROM ledger_void v WHERE v.hold_id = NEW.hold_id);
    END""",
)


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_the_guard_walks_indexes")]
    operations = [
        migrations.AddField("hold", "expires_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "hold",
            models.Index(
                condition=models.Q(("expires_at__isnull", False)), fields=["expires_at"], name="hold_expiry"
            ),
        ),
        Guard(put_up),
    ]
