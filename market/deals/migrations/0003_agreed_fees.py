"""Deals keep what each side agreed to pay by value, tiers and all, instead of one rate."""

from django.db import migrations

from market.listings.fees.fields import ScheduleField
from market.listings.fees.rules import flat, standard_commission, standard_premium


def carry_over(apps, editor):
    for row in apps.get_model("deals", "Deal").objects.all().iterator():
        row.seller_fees = flat(row.seller_commission_bp, row.currency)
        row.buyer_fees = flat(row.buyer_premium_bp, row.currency)
        row.save(update_fields=["seller_fees", "buyer_fees"])


class Migration(migrations.Migration):
    dependencies = [("deals", "0002_papers_and_signatures_are_kept"), ("listings", "0003_agreed_fees")]

    operations = [
        migrations.AddField(
            model_name="deal",
            name="seller_fees",
            field=ScheduleField(default=standard_commission),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="deal",
            name="buyer_fees",
            field=ScheduleField(default=standard_premium),
            preserve_default=False,
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveField(model_name="deal", name="seller_commission_bp"),
        migrations.RemoveField(model_name="deal", name="buyer_premium_bp"),
    ]
