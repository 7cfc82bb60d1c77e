"""A longer column for the kind of right in the catalogue; SQLite counts no letters, and its triggers keep their table."""

from django.db import migrations, models


def lengthen(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE listings_entry ALTER COLUMN kind TYPE varchar(14)")


class Migration(migrations.Migration):

    dependencies = [
        ('listings', '0003_watch'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(lengthen, migrations.RunPython.noop)],
            state_operations=[
                migrations.AlterField(model_name='entry', name='kind', field=models.CharField(max_length=14)),
            ],
        ),
    ]
