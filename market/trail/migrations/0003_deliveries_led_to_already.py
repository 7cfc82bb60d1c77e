"""A delivery's fact has no index of its own: the unique one begins with it, and each delivery was written into both."""

import django.db.models.deletion
from django.db import migrations, models
from market.kernel.migrating import Unindexed


class Migration(migrations.Migration):
    dependencies = [("trail", "0002_facts_are_append_only")]

    operations = [
        Unindexed(
            "delivery",
            "fact",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="trail.fact",
            ),
        )
    ]
