"""The catalogue's entries, and beside them the database's own index of the words they are found by.

Both indexes hold the tokens `search.tokens` made (words and pairs of Han characters), in their order, so that a phrase
is a phrase. Neither parser gets to split Chinese: SQLite's `ascii` tokenizer takes every other character as it is, and
PostgreSQL is given positions, not text.
"""

from django.db import migrations
from market.kernel.migrating import Guard

SQLITE = (
    "CREATE VIRTUAL TABLE listings_words USING fts5(words, tokenize='ascii')",
    """CREATE TRIGGER listings_words_insert AFTER INSERT ON listings_entry
    BEGIN INSERT OR REPLACE INTO listings_words(rowid, words) VALUES (NEW.listing_id, NEW.words); END""",
    """CREATE TRIGGER listings_words_update AFTER UPDATE OF words ON listings_entry
    BEGIN INSERT OR REPLACE INTO listings_words(rowid, words) VALUES (NEW.listing_id, NEW.words); END""",
    """CREATE TRIGGER listings_words_delete AFTER DELETE ON listings_entry
    BEGIN DELETE FROM listings_words WHERE rowid = OLD.listing_id; END""",
)
SQLITE_DOWN = (
    "DROP TRIGGER listings_words_insert",
    "DROP TRIGGER listings_words_update",
    "DROP TRIGGER listings_words_delete",
    "DROP TABLE listings_words",
)

POSTGRESQL = (
    """CREATE FUNCTION listings_positions(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(quote_literal(word) || ':' || place, ' '), '')::tsvector
    FROM unnest(string_to_array(words, ' ')) WITH ORDINALITY AS token(word, place) WHERE word <> '' $$""",
    """ALTER TABLE listings_entry
    ADD COLUMN found tsvector GENERATED ALWAYS AS (listings_positions(words)) STORED""",
    "CREATE INDEX listings_found ON listings_entry USING gin (found)",
    # A word the statistics have not seen must count as rare: else the planner walks the whole catalogue to find it.
    "ALTER TABLE listings_entry ALTER COLUMN found SET STATISTICS 1000",
)
POSTGRESQL_DOWN = ("ALTER TABLE listings_entry DROP COLUMN found", "DROP FUNCTION listings_positions(text)")


def put_up(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def take_down(apps, editor):
    for statement in POSTGRESQL_DOWN if editor.connection.vendor == "postgresql" else SQLITE_DOWN:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("listings", "0001_initial")]
    operations = [Guard(put_up, take_down)]
