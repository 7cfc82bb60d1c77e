"""Makes the table of appraisals; the database itself refuses to change or delete one, whoever asks."""

import django.db.models.deletion
import functools
import market.kernel.clock
import market.kernel.ids
from django.conf import settings
from django.db import migrations, models
from market.kernel.migrating import Guard


# An INSERT OR REPLACE deletes without waking a DELETE trigger on SQLite, so the number of a row may not come twice.
SQLITE = (
    """CREATE TRIGGER valuation_appraisal_no_update BEFORE UPDATE ON valuation_appraisal
    BEGIN SELECT RAISE(ABORT, 'valuation_appraisal is append-only'); END""",
    """CREATE TRIGGER valuation_appraisal_no_delete BEFORE DELETE ON valuation_appraisal
    BEGIN SELECT RAISE(ABORT, 'valuation_appraisal is append-only'); END""",
    """CREATE TRIGGER valuation_appraisal_no_replace BEFORE INSERT ON valuation_appraisal
    WHEN EXISTS (SELECT 1 FROM valuation_appraisal WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'valuation_appraisal is append-only'); END""",
)
SQLITE_DOWN = tuple(f"DROP TRIGGER valuation_appraisal_no_{what}" for what in ("update", "delete", "replace"))
POSTGRESQL = (
    """CREATE FUNCTION valuation_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$""",
    """CREATE TRIGGER valuation_appraisal_no_change BEFORE UPDATE OR DELETE ON valuation_appraisal
    FOR EACH ROW EXECUTE FUNCTION valuation_append_only()""",
    """CREATE TRIGGER valuation_appraisal_no_truncate BEFORE TRUNCATE ON valuation_appraisal
    FOR EACH STATEMENT EXECUTE FUNCTION valuation_append_only()""",
)
POSTGRESQL_DOWN = (
    "DROP TRIGGER valuation_appraisal_no_change ON valuation_appraisal",
    "DROP TRIGGER valuation_appraisal_no_truncate ON valuation_appraisal",
    "DROP FUNCTION valuation_append_only()",
)


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def take_down(apps, editor):
    for statement in POSTGRESQL_DOWN if editor.connection.vendor == "postgresql" else SQLITE_DOWN:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('listings', '0003_agreed_fees'),
        ('parties', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Appraisal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('V',), **{}), editable=False, max_length=16, unique=True)),
                ('key', models.UUIDField(editable=False, unique=True)),
                ('series', models.CharField(editable=False, max_length=16)),
                ('version', models.PositiveSmallIntegerField()),
                ('purpose', models.CharField(choices=[('transfer', 'Transfer'), ('licence', 'Licence'), ('pledge', 'Pledge'), ('contribution', 'Contribution for equity'), ('reporting', 'Financial reporting'), ('infringement', 'Damages for infringement'), ('management', 'Own management')], max_length=12, verbose_name='purpose')),
                ('premise', models.CharField(choices=[('market', 'Market value'), ('investment', 'Investment value'), ('in_use', 'Value in use'), ('liquidation', 'Liquidation value')], max_length=12, verbose_name='premise of value')),
                ('valuation_date', models.DateField(verbose_name='base date')),
                ('valid_until', models.DateField(verbose_name='valid until')),
                ('method', models.CharField(max_length=40)),
                ('inputs', models.JSONField()),
                ('ranges', models.JSONField()),
                ('sources', models.JSONField()),
                ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                ('value_minor', models.BigIntegerField()),
                ('low_minor', models.BigIntegerField()),
                ('high_minor', models.BigIntegerField()),
                ('rounding', models.CharField(max_length=16)),
                ('engine_version', models.CharField(max_length=8)),
                ('hash', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(default=market.kernel.clock.now)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('follows', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='valuation.appraisal')),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='listings.listing')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
            ],
            options={
                'ordering': ('-pk',),
                'indexes': [models.Index(fields=['party', '-id'], name='valuation_a_party_i_016757_idx')],
                'constraints': [models.UniqueConstraint(fields=('series', 'version'), name='one_appraisal_per_version'), models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('valuation_date'))), name='appraisal_ends_after_start'), models.CheckConstraint(condition=models.Q(('high_minor__gte', models.F('value_minor')), ('low_minor__lte', models.F('value_minor'))), name='appraisal_within_its_range')],
            },
        ),
        Guard(put_up, take_down),
    ]
