"""A closing's line has no index of its own for the closing: the unique one begins with it."""

import django.db.models.deletion
from django.db import migrations, models
from market.kernel.migrating import Unindexed


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_rates_withdrawn")]

    operations = [
        Unindexed(
            "closingline",
            "closing",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="ledger.closing",
            ),
        )
    ]
