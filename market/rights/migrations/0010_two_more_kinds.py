"""Layout designs and plant varieties become rights: their rows, a longer column for the kind, and the check that knows it.

SQLite changes a table by making it anew and giving it the old name. The triggers that keep titles look at this table, so
the renaming must leave them as they are.
"""

import django.db.models.deletion
from django.db import migrations, models


def _renaming(legacy):
    def say(apps, editor):
        if editor.connection.vendor == "sqlite":
            editor.execute(f"PRAGMA legacy_alter_table = {legacy}")

    return migrations.RunPython(say, say)


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0001_initial'),
        ('rights', '0009_portfolios'),
    ]

    operations = [
        migrations.CreateModel(
            name='LayoutDesign',
            fields=[
                ('right', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='ic_layout', serialize=False, to='rights.right')),
                ('function', models.CharField(choices=[('logic', 'Logic circuit'), ('memory', 'Memory circuit'), ('micro', 'Microcomputer circuit'), ('linear', 'Linear circuit'), ('other', 'Other circuit')], max_length=10, verbose_name='function of the circuit')),
                ('application_no', models.CharField(blank=True, max_length=30, verbose_name='application number')),
                ('technology', models.CharField(blank=True, max_length=60, verbose_name='process technology')),
                ('completed_on', models.DateField(blank=True, null=True, verbose_name='completed on')),
                ('exploited_on', models.DateField(blank=True, null=True, verbose_name='first put to commercial use on')),
            ],
        ),
        migrations.CreateModel(
            name='PlantVariety',
            fields=[
                ('right', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='plant_variety', serialize=False, to='rights.right')),
                ('growth', models.CharField(choices=[('woody', 'Woody or climbing plant'), ('other', 'Other plant')], max_length=10, verbose_name='how it grows')),
                ('species', models.CharField(blank=True, max_length=120, verbose_name='genus or species')),
                ('application_no', models.CharField(blank=True, max_length=30, verbose_name='application number')),
                ('authority', models.CharField(blank=True, choices=[('agriculture', 'Ministry of Agriculture and Rural Affairs'), ('forestry', 'National Forestry and Grassland Administration')], max_length=12, verbose_name='granted by')),
            ],
        ),
        _renaming("ON"),
        migrations.RemoveConstraint(
            model_name='right',
            name='right_kind_known',
        ),
        migrations.AlterField(
            model_name='right',
            name='kind',
            field=models.CharField(choices=[('patent', 'Patent'), ('trademark', 'Trademark'), ('copyright', 'Copyright'), ('ic_layout', 'IC layout design'), ('plant_variety', 'Plant variety')], max_length=14, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='right',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('patent', 'trademark', 'copyright', 'ic_layout', 'plant_variety'))), name='right_kind_known'),
        ),
        _renaming("OFF"),
    ]
