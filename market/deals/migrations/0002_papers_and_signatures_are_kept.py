"""The database itself refuses to change or delete a paper or a signature, whoever asks."""

from django.db import migrations
from market.kernel.migrating import Kept


class Migration(migrations.Migration):
    dependencies = [("deals", "0001_initial")]
    operations = [Kept("deals", {"deals_paper": ["id"], "deals_signature": ["id"]})]
