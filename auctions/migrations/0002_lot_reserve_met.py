"""What the public was told about the reserve, so that a lot's row and its events add up to the same."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("auctions", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="lot",
            name="reserve_met",
            field=models.BooleanField(default=False, help_text="what the public was told, where the rules tell it"),
        ),
    ]
