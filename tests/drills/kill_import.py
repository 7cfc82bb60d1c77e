"""The worker killed at any statement of an import: every row is read once and entered once. Control: commits piece by piece."""

import signal

from market.documents import actions as documents
from market.listings.models import Listing
from market.parties.models import Party
from market.rights.importers import reading
from market.rights.importers.models import CREATED, Import
from market.rights.models import Creator, Patent, Right, Title
from tests import assets, people
from tests.drills.invariants import Violation, demand_none
from tests.drills.stage import Stage, figures

ROWS = {False: 450, True: 5_000}
REACH = 60  # statements, commits and such that a worker may live
SAY = 25  # kills until the next line of how far it is


def _handed_in(rows: int) -> Import:
    """A table of good rows, one inventor each, not read yet."""
    party = Party.objects.get(name="吉林大学")
    lines = [f"发明专利,{assets.cn_number(serial)},名称{serial},宋薇" for serial in range(rows)]
    version = documents.store(
        subject=party.ref,
        kind="import",
        title="t.csv",
        name="t.csv",
        content="\n".join(["类型,号码,名称,发明人或作者", *lines]).encode(),
        content_type="",
        owner=party,
        by=None,
    )
    return reading.begin(version=version, party=party, by=people.owner_of(party))


def _wrong(run: Import) -> list[Violation]:
    """Rows out of their places, and rights that are not whole or not told."""
    places = list(run.rows.values_list("place", flat=True))
    found = [] if places == list(range(1, len(places) + 1)) else [Violation("import.places", f"{len(places)} rows")]
    whole = {table.__name__: table.objects.count() for table in (Right, Patent, Title, Creator, Listing)}
    told = run.rows.filter(outcome=CREATED).count()
    return found + [Violation("import.half", f"{name}: {n} of {told}") for name, n in whole.items() if n != told]


def _until_it_ends(stage: Stage, run: Import, weak: str = "") -> tuple[int, list[Violation]]:
    """Let the worker die and rise until the import waits for nothing; the kills, and what was wrong at the first that hurt."""
    kills = 0
    while True:
        run.refresh_from_db()
        if run.state == Import.State.READ:
            reading.ask_to_enter(run)
        elif run.state not in Import.WORKING:
            return kills, _wrong(run)
        Import.objects.update(stale_at=None, tries=0)  # the minute of patience is over
        at = stage.rng.randrange(REACH)
        kills += (
            stage.nursery.fork(role="importer", database=stage.database, at=at, weak=weak).wait() == -signal.SIGKILL
        )
        if found := _wrong(run):
            return kills, found
        if stage.full and kills % SAY == 0:
            stage.says("kill_import", kills=kills)


def run(stage: Stage) -> str:
    """The drill, then its control on a database of its own; the line of figures."""
    rows = ROWS[stage.full]
    stage.fresh("kill_import")
    handed_in = _handed_in(rows)
    kills, found = _until_it_ends(stage, handed_in)
    demand_none(found)
    assert kills
    assert handed_in.rows.filter(outcome=CREATED).count() == rows
    stage.fresh("kill_import_control")
    _kills, wrong = _until_it_ends(stage, _handed_in(rows), weak="piecemeal")
    assert wrong, "the control entered everything once, so the drill proves nothing"
    return figures(rows=rows, kills=kills, control_violations=len(wrong))
