"""The register's entries, which the database itself refuses to change or delete."""

from django.db import migrations
from market.kernel.migrating import Kept


class Migration(migrations.Migration):
    dependencies = [("rights", "0003_grants_never_overlap")]
    operations = [Kept("rights_event", {"rights_event": ["id"]})]
