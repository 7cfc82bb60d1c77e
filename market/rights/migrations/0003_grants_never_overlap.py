"""Licences get their grade and the sets they cover, pledges their debt; two live licences that keep others out cannot
overlap: an exclusion constraint on PostgreSQL, the rule under the right's row lock everywhere."""

from django.db import migrations
from market.kernel.migrating import Guard

# Ranges of whole numbers read the same whatever the session's settings are, so the function may be called immutable.
POSTGRESQL = (
    """CREATE FUNCTION rights_atoms(kept text) RETURNS int4multirange LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS
    $$ BEGIN RETURN kept::int4multirange; END $$""",
    """ALTER TABLE rights_encumbrance ADD CONSTRAINT exclusive_grants_never_overlap EXCLUDE USING gist (
      int8range(right_id, right_id, '[]') WITH &&,
      rights_atoms(territory) WITH &&, rights_atoms(fields) WITH &&, rights_atoms(acts) WITH &&,
      daterange(since, until, '[]') WITH &&
    ) WHERE (kind = 'licence' AND grade IN ('exclusive', 'sole') AND released_on IS NULL)""",
)
POSTGRESQL_DOWN = (
    "ALTER TABLE rights_encumbrance DROP CONSTRAINT exclusive_grants_never_overlap",
    "DROP FUNCTION rights_atoms(text)",
)


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else ():
        editor.execute(statement, params=None)


def take_down(apps, editor):
    for statement in POSTGRESQL_DOWN if editor.connection.vendor == "postgresql" else ():
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("rights", "0002_titles_are_kept")]
    operations = [Guard(put_up, take_down)]
