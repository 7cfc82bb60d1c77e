"""A clock for one drill's database alone: what the market asks PostgreSQL for (`clock_timestamp()`), moved by a row."""

from tests.drills.stage import Stage

# Found before the built-in one of the same name by whoever connects to this database after it was made.
FAKE = """
CREATE TABLE public.drill_clock (step interval NOT NULL);
INSERT INTO public.drill_clock VALUES (interval '0');
CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
    'SELECT pg_catalog.clock_timestamp() + (SELECT step FROM public.drill_clock)';
ALTER DATABASE {database} SET search_path = public, pg_catalog;
"""


def fake(stage: Stage) -> None:
    """Put the clock under the drill's database; it goes right until it is moved."""
    with stage.cluster.connect(stage.database) as server:
        server.execute(FAKE.format(database=stage.database))


def move(stage: Stage, seconds: float) -> None:
    """Let the database's clock be so many seconds off."""
    with stage.cluster.connect(stage.database) as server:
        server.execute("UPDATE drill_clock SET step = make_interval(secs => %s)", [seconds])
