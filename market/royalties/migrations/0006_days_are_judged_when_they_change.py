"""No day lies in two periods of a licence, as before, but judged when a period's days are written and not each time that its
state moves: a row of GiST a move was a tenth of what a royalty run cost.

Whoever writes days waits behind the licence, so that of two who write overlapping ones at once the second sees the first's.
"""

from django.db import migrations
from market.kernel.migrating import Guard

FUNCTION = """CREATE FUNCTION royalties_periods() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM FROM royalties_licence WHERE id = NEW.licence_id FOR NO KEY UPDATE;
        IF EXISTS (SELECT FROM royalties_reportingperiod WHERE licence_id = NEW.licence_id AND id <> NEW.id
            AND since <= NEW.until AND until >= NEW.since) THEN
            RAISE EXCEPTION 'a day of % lies in another period (periods_never_overlap)', NEW.licence_id
                USING ERRCODE = 'exclusion_violation';
        END IF;
        RETURN NEW;
    END $$"""
TRIGGER = """CREATE TRIGGER periods_never_overlap BEFORE INSERT OR UPDATE OF licence_id, since, until
    ON royalties_reportingperiod FOR EACH ROW EXECUTE FUNCTION royalties_periods()"""
CONSTRAINT = """ALTER TABLE royalties_reportingperiod ADD CONSTRAINT periods_never_overlap EXCLUDE USING gist (
    int8range(licence_id, licence_id, '[]') WITH &&, daterange(since, until, '[]') WITH &&)"""


def put_up(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE royalties_reportingperiod DROP CONSTRAINT periods_never_overlap", params=None)
        editor.execute(FUNCTION, params=None)
        editor.execute(TRIGGER, params=None)


def take_down(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION royalties_periods() CASCADE", params=None)
        editor.execute(CONSTRAINT, params=None)


class Migration(migrations.Migration):
    dependencies = [("royalties", "0005_sublicences")]
    operations = [Guard(put_up, take_down)]
