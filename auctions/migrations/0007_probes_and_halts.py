"""Probes that prove the doors were open, and halts that shut them: their tables, append-only."""

import django.db.models.deletion
import functools
import market.kernel.clock
import market.kernel.ids
from django.conf import settings
from django.db import migrations, models

# Append-only, whoever writes: halts, who ended them and what they held for ever, probes for a day (then they may be forgotten).
KEPT = ("auctions_halt", "auctions_release", "auctions_pause")
PROBES = "platform_probe"


def sqlite(table, young="1"):
    """An INSERT OR REPLACE deletes without waking a DELETE trigger, so an id may not come twice."""
    yield f"""CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
    yield f"""CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN {young}
        BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
    yield f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
        WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""


SQLITE = (
    *(statement for table in KEPT for statement in sqlite(table)),
    *sqlite(PROBES, "OLD.at > datetime('now', '-1 day')"),
)
SQLITE_DOWN = tuple(
    f"DROP TRIGGER {table}_no_{what}" for table in (*KEPT, PROBES) for what in ("update", "delete", "replace")
)
POSTGRESQL = (
    *(
        f"""CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION auctions_append_only()"""
        for table in KEPT
    ),
    f"""CREATE TRIGGER {PROBES}_no_update BEFORE UPDATE ON {PROBES}
    FOR EACH ROW EXECUTE FUNCTION auctions_append_only()""",
    f"""CREATE TRIGGER {PROBES}_no_delete BEFORE DELETE ON {PROBES}
    FOR EACH ROW WHEN (OLD.at > now() - interval '1 day') EXECUTE FUNCTION auctions_append_only()""",
    *(
        f"""CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION auctions_append_only()"""
        for table in (*KEPT, PROBES)
    ),
)
POSTGRESQL_DOWN = (
    *(f"DROP TRIGGER {table}_no_change ON {table}" for table in KEPT),
    *(f"DROP TRIGGER {PROBES}_no_{what} ON {PROBES}" for what in ("update", "delete")),
    *(f"DROP TRIGGER {table}_no_truncate ON {table}" for table in (*KEPT, PROBES)),
)


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def take_down(apps, editor):
    for statement in POSTGRESQL_DOWN if editor.connection.vendor == "postgresql" else SQLITE_DOWN:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ("auctions", "0009_fair_play_and_records"),
        ('parties', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Halt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('H',), **{}), editable=False, max_length=16, unique=True)),
                ('scope', models.CharField(choices=[('lot', 'One lot'), ('agency', 'All lots of the agency'), ('platform', 'Every lot on the platform')], max_length=8)),
                ('cause', models.CharField(choices=[('switch', 'Stopped by hand'), ('outage', 'Bids could not be taken')], default='switch', max_length=6)),
                ('reason', models.CharField(max_length=300)),
                ('by_platform', models.BooleanField(default=False)),
                ('at', models.DateTimeField(default=market.kernel.clock.now)),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='halts', to='auctions.lot')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Pause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveBigIntegerField()),
                ('halt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pauses', to='auctions.halt')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pauses', to='auctions.lot')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='Probe',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target', models.CharField(max_length=200)),
                ('key', models.UUIDField(unique=True)),
                ('process', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'platform_probe',
                'ordering': ('pk',),
                'indexes': [models.Index(fields=['target', 'at'], name='probe_of_target')],
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=market.kernel.clock.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('halt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='auctions.halt')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.AddConstraint(
            model_name='halt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agency__isnull', False), ('lot__isnull', False), ('scope', 'lot')), models.Q(('agency__isnull', False), ('lot', None), ('scope', 'agency')), models.Q(('agency', None), ('lot', None), ('scope', 'platform')), _connector='OR'), name='halt_names_its_scope'),
        ),
        migrations.AddConstraint(
            model_name='halt',
            constraint=models.CheckConstraint(condition=models.Q(('cause', 'outage'), ('by__isnull', False), _connector='OR'), name='halt_has_its_person'),
        ),
        migrations.AddConstraint(
            model_name='pause',
            constraint=models.UniqueConstraint(fields=('lot', 'seq'), name='one_pause_an_event'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.UniqueConstraint(fields=('halt', 'by'), name='two_different_people_go_on'),
        ),
        migrations.RunPython(put_up, take_down),
    ]
