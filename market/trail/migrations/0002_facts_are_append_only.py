"""The database itself refuses to change or delete a fact, whoever asks: the product, its admin or a console."""

from django.db import migrations
from market.kernel.migrating import Kept


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_initial")]
    operations = [Kept("trail", {"trail_fact": ["id"]})]
