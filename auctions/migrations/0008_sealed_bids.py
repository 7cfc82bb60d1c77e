"""Sealed bids: opening keys, who holds their shares, and envelopes, which the database itself keeps append-only and in time.

An envelope is the next of its lot, from a bidder of the lot who may bid, while the lot takes bids and before its end.
"""

import django.db.models.deletion
import market.kernel.clock
from django.conf import settings
from django.db import migrations, models

TABLE = "auctions_envelope"
NOT_TAKEN = """NEW.index <> (SELECT coalesce(max(index), 0) + 1 FROM auctions_envelope WHERE lot_id = NEW.lot_id)
    OR NOT EXISTS (SELECT 1 FROM auctions_bidder WHERE id = NEW.bidder_id AND lot_id = NEW.lot_id AND state = 'active')
    OR NOT EXISTS (SELECT 1 FROM auctions_lot WHERE id = NEW.lot_id AND format = 'envelope'
        AND state IN ('live', 'extended') AND NEW.at < ends_at)"""

SQLITE = (
    f"""CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END""",
    f"""CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END""",
    f"""CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE}
        WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END""",
    f"""CREATE TRIGGER {TABLE}_guard BEFORE INSERT ON {TABLE} WHEN {NOT_TAKEN.replace("index", '"index"')}
        BEGIN SELECT RAISE(ABORT, 'this envelope cannot be taken'); END""",
)
SQLITE_DOWN = tuple(f"DROP TRIGGER {TABLE}_{what}" for what in ("no_update", "no_delete", "no_replace", "guard"))

POSTGRESQL = (
    f"""CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION auctions_append_only()""",
    f"""CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION auctions_append_only()""",
    f"""CREATE FUNCTION {TABLE}_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF {NOT_TAKEN} THEN RAISE EXCEPTION 'this envelope cannot be taken' USING ERRCODE = 'check_violation'; END IF;
    RETURN NEW; END $$""",
    f"""CREATE TRIGGER {TABLE}_guard BEFORE INSERT ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {TABLE}_guard()""",
)
POSTGRESQL_DOWN = (
    *(f"DROP TRIGGER {TABLE}_{what} ON {TABLE}" for what in ("no_change", "no_truncate", "guard")),
    f"DROP FUNCTION {TABLE}_guard()",
)


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def take_down(apps, editor):
    for statement in POSTGRESQL_DOWN if editor.connection.vendor == "postgresql" else SQLITE_DOWN:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('auctions', '0007_probes_and_halts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='lot',
            name='format',
            field=models.CharField(choices=[('english', 'Ascending bids'), ('free_then_timed', 'Free period, then timed rounds'), ('auctioneer', 'Led by the auctioneer'), ('sealed_first', 'Sealed bids, the highest pays its own price'), ('sealed_second', 'Sealed bids, the highest pays the second price'), ('envelope', 'Sealed bids nobody can open early'), ('dutch', 'Falling price'), ('hybrid', 'Falling price, then sealed bids, then a last offer'), ('uniform', 'Several licences at one price')], default='english', max_length=16, verbose_name='format'),
        ),
        migrations.CreateModel(
            name='OpeningKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public', models.CharField(max_length=64)),
                ('private', models.CharField(blank=True, max_length=64)),
                ('made_at', models.DateTimeField(default=market.kernel.clock.now)),
                ('opened_at', models.DateTimeField(null=True)),
                ('lot', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='opening_key', to='auctions.lot')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Envelope',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('index', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('bid', 'Sealed bid'), ('withdrawal', 'Withdrawal')], max_length=10)),
                ('key', models.UUIDField()),
                ('ciphertext', models.BinaryField(blank=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('commitment', models.CharField(blank=True, max_length=64)),
                ('at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('bidder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='envelopes', to='auctions.bidder')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='envelopes', to='auctions.lot')),
            ],
            options={
                'ordering': ('lot', 'index'),
                'constraints': [models.UniqueConstraint(fields=('lot', 'index'), name='one_envelope_per_index'), models.UniqueConstraint(fields=('lot', 'bidder', 'key'), name='one_envelope_per_key'), models.UniqueConstraint(condition=models.Q(('sha256', ''), _negated=True), fields=('lot', 'sha256'), name='no_copied_envelope'), models.CheckConstraint(condition=models.Q(models.Q(('commitment', ''), ('kind', 'withdrawal'), ('sha256', '')), models.Q(('kind', 'bid'), models.Q(('sha256', ''), _negated=True), models.Q(('commitment', ''), _negated=True)), _connector='OR'), name='envelope_is_whole')],
            },
        ),
        migrations.CreateModel(
            name='KeyShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('holder', models.CharField(max_length=80, verbose_name='name')),
                ('role', models.CharField(choices=[('agency', 'For the agency'), ('platform', 'For the platform'), ('notary', 'Notary'), ('seller', 'For the seller')], max_length=8, verbose_name='role')),
                ('sha256', models.CharField(max_length=64)),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='auctions.openingkey')),
            ],
            options={
                'ordering': ('number',),
                'constraints': [models.UniqueConstraint(fields=('key', 'number'), name='one_share_per_number'), models.UniqueConstraint(fields=('key', 'role'), name='one_share_per_role')],
            },
        ),
        migrations.RunPython(put_up, take_down),
    ]
