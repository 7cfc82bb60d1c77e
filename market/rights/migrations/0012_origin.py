"""Where rights come from: the names kept as lists become rows in their order, and rights may belong to a family."""

import django.db.models.deletion
import functools
import market.kernel.ids
from django.db import migrations, models


LISTS = (("Patent", "inventors"), ("Copyright", "authors"))


def to_rows(apps, editor):
    """Each name of a list as a row in its place; blank ones had none."""
    creator = apps.get_model("rights", "Creator")
    for model, column in LISTS:
        for detail in apps.get_model("rights", model).objects.exclude(**{column: []}).order_by("pk").iterator():
            names = [str(name)[:200] for name in getattr(detail, column) if str(name).strip()]
            creator.objects.bulk_create(
                creator(right_id=detail.pk, place=place, name=name) for place, name in enumerate(names, 1)
            )


def to_lists(apps, editor):
    """The way back: the names in their order; which party somebody is, is forgotten."""
    creator = apps.get_model("rights", "Creator")
    for model, column in LISTS:
        for detail in apps.get_model("rights", model).objects.order_by("pk").iterator():
            names = creator.objects.filter(right_id=detail.pk).order_by("place").values_list("name", flat=True)
            setattr(detail, column, list(names))
            detail.save(update_fields=[column])


def _renaming(back):
    def say(apps, editor):
        if editor.connection.vendor == "sqlite":
            editor.execute(f"PRAGMA legacy_alter_table = {back}")

    return migrations.RunPython(migrations.RunPython.noop, say)


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0001_initial'),
        ('rights', '0011_imports'),
    ]

    operations = [
        migrations.CreateModel(
            name='Family',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('M',), **{}), editable=False, max_length=16, unique=True)),
                ('kind', models.CharField(max_length=14, verbose_name='kind')),
                ('office', models.CharField(max_length=2, verbose_name='office')),
                ('root', models.CharField(max_length=60, verbose_name='first application')),
            ],
            options={
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('kind', 'office', 'root'), name='one_family_per_root')],
            },
        ),
        _renaming(back="OFF"),
        migrations.AddField(
            model_name='right',
            name='family',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='members', to='rights.family'),
        ),
        _renaming(back="ON"),  # SQLite makes the table anew only on the way back
        migrations.CreateModel(
            name='Creator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('party', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='creations', to='parties.party')),
                ('right', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='creators', to='rights.right')),
            ],
            options={
                'ordering': ('right', 'place'),
                'constraints': [models.UniqueConstraint(fields=('right', 'place'), name='one_creator_per_place')],
            },
        ),
        migrations.RunPython(to_rows, to_lists),
        migrations.RemoveField(
            model_name='copyright',
            name='authors',
        ),
        migrations.RemoveField(
            model_name='patent',
            name='inventors',
        ),
    ]
