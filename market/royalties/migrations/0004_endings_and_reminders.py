"""Why a licence ended before its time, and when a licensee was told that a report is overdue."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('royalties', '0003_keys_of_programs'),
    ]

    operations = [
        migrations.AddField(
            model_name='licence',
            name='ended_for',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='reportingperiod',
            name='reminded_on',
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name='reportingperiod',
            index=models.Index(condition=models.Q(('reminded_on', None), ('state', 'open')), fields=['report_due_on'], name='report_overdue'),
        ),
    ]
