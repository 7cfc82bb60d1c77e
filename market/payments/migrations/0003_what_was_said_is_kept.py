"""What the bank said, what was decided of it and what became of a bid deposit is never changed or deleted, whoever asks."""

from django.db import migrations
from market.kernel.migrating import Kept

TABLES = {
    "payments_statement": ("id",),
    "payments_line": ("id",),
    "payments_decision": ("id",),
    "payments_decided": ("id",),
    "payments_depositoutcome": ("id", "hold_id"),
}


class Migration(migrations.Migration):

    dependencies = [("payments", "0002_money_in_and_out")]

    operations = [Kept("payments", TABLES)]
