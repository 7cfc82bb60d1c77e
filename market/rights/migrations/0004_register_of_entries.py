"""The register's entries, which the database itself refuses to change or delete."""

import django.db.models.deletion
import market.kernel.clock
from django.db import migrations, models

# An INSERT OR REPLACE deletes without waking a DELETE trigger on SQLite, so the number of an entry may not come twice.
SQLITE = (
    """CREATE TRIGGER rights_event_no_update BEFORE UPDATE ON rights_event
    BEGIN SELECT RAISE(ABORT, 'rights_event is append-only'); END""",
    """CREATE TRIGGER rights_event_no_delete BEFORE DELETE ON rights_event
    BEGIN SELECT RAISE(ABORT, 'rights_event is append-only'); END""",
    """CREATE TRIGGER rights_event_no_replace BEFORE INSERT ON rights_event
    WHEN EXISTS (SELECT 1 FROM rights_event WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'rights_event is append-only'); END""",
)
SQLITE_DOWN = tuple(f"DROP TRIGGER rights_event_no_{what}" for what in ("update", "delete", "replace"))
POSTGRESQL = (
    """CREATE FUNCTION rights_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'rights_event is append-only' USING ERRCODE = 'check_violation'; END $$""",
    """CREATE TRIGGER rights_event_no_change BEFORE UPDATE OR DELETE ON rights_event
    FOR EACH ROW EXECUTE FUNCTION rights_event_append_only()""",
    """CREATE TRIGGER rights_event_no_truncate BEFORE TRUNCATE ON rights_event
    FOR EACH STATEMENT EXECUTE FUNCTION rights_event_append_only()""",
)
POSTGRESQL_DOWN = (
    "DROP TRIGGER rights_event_no_change ON rights_event",
    "DROP TRIGGER rights_event_no_truncate ON rights_event",
    "DROP FUNCTION rights_event_append_only()",
)


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def take_down(apps, editor):
    for statement in POSTGRESQL_DOWN if editor.connection.vendor == "postgresql" else SQLITE_DOWN:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0001_initial'),
        ('rights', '0003_grants_never_overlap'),
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('filing', 'Application filed'), ('grant', 'Granted or registered'), ('transfer', 'Title passed'), ('change', 'Entry changed'), ('pledge', 'Pledge registered'), ('pledge_release', 'Pledge deleted'), ('preservation', 'Preservation ordered'), ('preservation_release', 'Preservation lifted'), ('suspension', 'Procedures suspended'), ('suspension_end', 'Procedures resumed'), ('licence', 'Licence filed'), ('licence_end', 'Licence ended'), ('open_licence', 'Open licence declared'), ('open_licence_end', 'Open licence withdrawn'), ('compulsory_licence', 'Compulsory licence granted'), ('dispute', 'Ownership disputed'), ('dispute_end', 'Dispute ended'), ('lapse', 'Lapsed'), ('restoration', 'Restored'), ('expiry', 'Term ended'), ('invalidation', 'Declared invalid')], max_length=20)),
                ('on', models.DateField()),
                ('data', models.JSONField(default=dict)),
                ('source', models.CharField(blank=True, max_length=120)),
                ('entered_by', models.CharField(max_length=60)),
                ('entered_at', models.DateTimeField(default=market.kernel.clock.now)),
                ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.version')),
                ('right', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='rights.right')),
            ],
            options={
                'ordering': ('right', 'on', 'pk'),
            },
        ),
        migrations.RunPython(put_up, take_down),
    ]
