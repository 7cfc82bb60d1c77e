"""The terms of a deal as versions and which were adopted; the database itself refuses to change or delete either."""

import django.db.models.deletion
import market.kernel.clock
from django.conf import settings
from django.db import migrations, models
from market.kernel.migrating import CreateModels, Guard

TABLES = ("deals_termsversion", "deals_adoption")

# An INSERT OR REPLACE deletes without waking a DELETE trigger on SQLite, so the number of a row may not come twice.
SQLITE = (
    """CREATE TRIGGER {0}_no_update BEFORE UPDATE ON {0}
    BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END""",
    """CREATE TRIGGER {0}_no_delete BEFORE DELETE ON {0}
    BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END""",
    """CREATE TRIGGER {0}_no_replace BEFORE INSERT ON {0}
    WHEN EXISTS (SELECT 1 FROM {0} WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END""",
)
SQLITE_DOWN = tuple(f"DROP TRIGGER {{0}}_no_{what}" for what in ("update", "delete", "replace"))

# The function is there since 0002.
POSTGRESQL = (
    """CREATE TRIGGER {0}_no_change BEFORE UPDATE OR DELETE ON {0}
    FOR EACH ROW EXECUTE FUNCTION deals_append_only()""",
    """CREATE TRIGGER {0}_no_truncate BEFORE TRUNCATE ON {0}
    FOR EACH STATEMENT EXECUTE FUNCTION deals_append_only()""",
)
POSTGRESQL_DOWN = ("DROP TRIGGER {0}_no_change ON {0}", "DROP TRIGGER {0}_no_truncate ON {0}")


def _each(editor, postgresql, sqlite):
    for table in TABLES:
        for statement in postgresql if editor.connection.vendor == "postgresql" else sqlite:
            editor.execute(statement.replace("{0}", table), params=None)


def put_up(apps, editor):
    _each(editor, POSTGRESQL, SQLITE)


def take_down(apps, editor):
    _each(editor, POSTGRESQL_DOWN, SQLITE_DOWN)


class Migration(migrations.Migration):

    dependencies = [
        ('deals', '0005_title_on_its_way_back'),
        ('parties', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='TermsVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('document', models.JSONField()),
                    ('sha256', models.CharField(max_length=64)),
                    ('by', models.CharField(max_length=60)),
                    ('at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='deals.deal')),
                    ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                ],
                options={
                    'ordering': ('pk',),
                    'constraints': [
                        models.UniqueConstraint(fields=('deal', 'number'), name='one_terms_version_per_number'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Adoption',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='adoption', to='deals.termsversion')),
                ],
                options={
                    'ordering': ('pk',),
                },
            ),
        ]),
        Guard(put_up, take_down),
    ]
