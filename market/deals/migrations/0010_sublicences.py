"""A deal that grants a sublicence keeps the terms it may not go beyond."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('deals', '0009_licences_for_royalties_alone'),
    ]

    operations = [
        migrations.AddField(
            model_name='deal',
            name='within',
            field=models.JSONField(help_text='the terms a sublicence may not go beyond; nothing for every other deal', null=True),
        ),
        migrations.AlterField(
            model_name='deal',
            name='state',
            field=models.CharField(choices=[('formed', 'Formed'), ('confirmed', 'Confirmed'), ('signed', 'Contract signed'), ('paid', 'Paid into escrow'), ('filed', 'Filed at the office'), ('title_passed', 'Title passed'), ('recorded', 'Licence recorded'), ('returning', 'Title on its way back'), ('settled', 'Settled'), ('closed', 'Closed'), ('defaulted', 'Defaulted'), ('rescinded', 'Rescinded'), ('annulled', 'Annulled'), ('refused', 'Refused by the office')], default='formed', max_length=14),
        ),
    ]
