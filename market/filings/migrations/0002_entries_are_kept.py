"""The database itself refuses to change or delete an entry of a filing's history, whoever asks."""

from django.db import migrations
from market.kernel.migrating import Kept


class Migration(migrations.Migration):
    dependencies = [("filings", "0001_initial")]
    operations = [Kept("filings", {"filings_filingentry": ["id"]})]
