"""Lets a party be an appraisal institution (资产评估机构)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='party',
            name='kind',
            field=models.CharField(choices=[('enterprise', 'Enterprise'), ('university', 'University'), ('institute', 'Research institute'), ('person', 'Natural person'), ('agency', 'Operating agency'), ('appraiser', 'Appraisal institution'), ('regulator', 'Regulator')], max_length=12, verbose_name='kind'),
        ),
    ]
