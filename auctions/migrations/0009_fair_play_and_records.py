"""Fair play (marks, reviews, bars) and the records of bidding; marks, records and signatures are append-only."""

import django.db.models.deletion
import functools
import market.kernel.clock
import market.kernel.ids
from django.conf import settings
from django.db import migrations, models


TABLES = ("auctions_trace", "auctions_record", "auctions_recordsignature")


def put_up(apps, editor):
    """The function stands since 0003; SQLite needs its triggers table by table."""
    for table in TABLES:
        if editor.connection.vendor == "postgresql":
            editor.execute(
                f"""CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION auctions_append_only()""",
                params=None,
            )
            continue
        for what in ("UPDATE", "DELETE"):
            editor.execute(
                f"""CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table}
                BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
                params=None,
            )


def take_down(apps, editor):
    for table in TABLES:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP TRIGGER {table}_no_change ON {table}", params=None)
            continue
        for what in ("update", "delete"):
            editor.execute(f"DROP TRIGGER {table}_no_{what}", params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('auctions', '0004_formats'),
        ('deals', '0003_hold'),
        ('documents', '0001_initial'),
        ('parties', '0001_initial'),
        ('rights', '0002_titles_are_kept'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Record',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('terms', models.JSONField()),
                ('roles', models.JSONField(help_text='who must sign, in order')),
                ('drafted_at', models.DateTimeField(default=market.kernel.clock.now)),
                ('lot', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='record', to='auctions.lot')),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.version')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='Bar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField()),
                ('until', models.DateField(null=True)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('appeal', models.TextField(blank=True)),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bars_given', to='parties.party')),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bars', to='deals.deal')),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bars', to='parties.party')),
                ('right', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bars', to='rights.right')),
            ],
            options={
                'ordering': ('-pk',),
                'constraints': [models.UniqueConstraint(fields=('deal', 'right'), name='one_bar_per_default_and_right'), models.UniqueConstraint(fields=('deal', 'agency'), name='one_bar_per_default_and_agency'), models.CheckConstraint(condition=models.Q(models.Q(('agency', None), ('right__isnull', False)), models.Q(('agency__isnull', False), ('right', None)), _connector='OR'), name='bar_is_for_a_right_or_an_agency')],
            },
        ),
        migrations.CreateModel(
            name='RecordSignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('auctioneer', 'Auctioneer'), ('recorder', 'Recorder'), ('buyer', 'Purchaser')], max_length=10)),
                ('statement', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('at', models.DateTimeField(default=market.kernel.clock.now)),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='auctions.record')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('record', 'role'), name='one_signature_per_record_and_role')],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('V',), **{}), editable=False, max_length=16, unique=True)),
                ('findings', models.JSONField(default=list)),
                ('points', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('open', 'Under review'), ('cleared', 'Cleared'), ('upheld', 'Upheld')], default='open', max_length=8)),
                ('opened_at', models.DateTimeField(default=market.kernel.clock.now)),
                ('proposed', models.CharField(blank=True, choices=[('open', 'Under review'), ('cleared', 'Cleared'), ('upheld', 'Upheld')], max_length=8)),
                ('reason', models.TextField(blank=True)),
                ('proposed_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lot', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='review', to='auctions.lot')),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-pk',),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_by', None), ('state', 'open')), models.Q(('decided_by__isnull', False), ('proposed_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='review_decided_by_a_second_person')],
            },
        ),
        migrations.CreateModel(
            name='Trace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('network', 'Network'), ('device', 'Browser')], max_length=8)),
                ('mark', models.CharField(max_length=64)),
                ('at', models.DateTimeField(default=market.kernel.clock.now)),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='traces', to='auctions.lot')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('lot', 'user', 'kind', 'mark'), name='one_trace')],
            },
        ),
        migrations.RunPython(put_up, take_down),
    ]
