"""Foreign keys lose an index of their own where a unique one begins with them, or where they are mostly empty: each was written
anew whenever a period moved or a statement was issued."""

import django.db.models.deletion
from django.db import migrations, models
from market.kernel.migrating import Unindexed


def _led_to(model, name, to, related_name, **also):
    to = f"royalties.{to}"
    protect = django.db.models.deletion.PROTECT
    key = models.ForeignKey(db_index=False, on_delete=protect, related_name=related_name, to=to, **also)
    return Unindexed(model, name, key)


class Migration(migrations.Migration):
    dependencies = [("royalties", "0007_supplementary_agreements")]

    operations = [
        _led_to("reportingperiod", "licence", "licence", "periods"),
        _led_to("reportingperiod", "amendment", "amendment", "periods", null=True),
        _led_to("statement", "period", "reportingperiod", "statements"),
        _led_to("amendment", "licence", "licence", "amendments"),
        _led_to("amendmentsignature", "amendment", "amendment", "signatures"),
        _led_to("sublicence", "head", "licence", "sublicences"),
        migrations.AddIndex(
            "reportingperiod",
            models.Index(
                fields=["amendment"], condition=models.Q(("amendment__isnull", False)), name="period_amended"
            ),
        ),
    ]
