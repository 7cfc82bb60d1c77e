"""The guard of a movement finds an account's transfers by index, however the planner reads the statistics.

Nearly every transfer that comes in debits one of a few bank accounts, so the planner takes any account for one with most
of the table behind it, and reads the whole table for each posting: 6 ms at nine thousand transfers, and growing.
"""

from django.db import migrations
from market.kernel.migrating import Guard


def walk(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER FUNCTION ledger_guard() SET enable_seqscan = off")


def as_planned(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER FUNCTION ledger_guard() RESET enable_seqscan")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_books_guard_themselves")]
    operations = [Guard(walk, as_planned)]
