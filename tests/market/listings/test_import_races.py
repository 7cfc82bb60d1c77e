"""Two at once: two workers on one import, two parties with one number. Each right is entered once."""

from typing import Any

import pytest
from django.db import connection

from market.documents import actions as documents
from market.listings import imports
from market.listings.models import Listing
from market.parties.models import Party
from market.rights.importers import reading
from market.rights.importers.models import Import, ImportRow
from market.rights.models import Right
from tests import assets, people, stage

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROWS = 30


def handed_in(party: Party) -> Import:
    """A table of good rows, read."""
    lines = [f"发明专利,{assets.cn_number(serial)},名称{serial}" for serial in range(ROWS)]
    content = "\n".join(["类型,号码,名称", *lines]).encode()
    said: dict[str, Any] = {
        "subject": party.ref,
        "kind": "import",
        "title": "t.csv",
        "name": "t.csv",
        "content_type": "",
    }
    version = documents.store(**said, content=content, owner=party, by=None)
    run = reading.begin(version=version, party=party, by=people.owner_of(party))
    imports.run_due()
    run.refresh_from_db()
    return run


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rights each batch held; a batch waits for another worker's, if there is one at this moment."""
    sizes: list[int] = []
    enter = imports.enter_many

    def together(drafts: Any, **options: Any) -> Any:
        sizes.append(len(drafts))
        if len(drafts) == ROWS:
            stage.meet()
        return enter(drafts, **options)

    monkeypatch.setattr(imports, "enter_many", together)
    return sizes


def test_of_two_workers_one_takes_the_import(entered: list[int]) -> None:
    assert connection.vendor == "postgresql"
    reading.ask_to_enter(handed_in(people.jilin_university()))
    assert sorted(stage.race(2, lambda _number: imports.run_due())) == [0, 1]
    assert entered == [ROWS]
    assert Right.objects.count() == Listing.objects.count() == ROWS


def test_two_parties_with_one_file_enter_each_right_once(entered: list[int]) -> None:
    """Nothing but the register keeps them apart: both batches are under way, one loses and goes on row by row."""
    runs = [handed_in(people.jilin_university()), handed_in(people.anne_co())]
    for run in runs:
        reading.ask_to_enter(run)
    held = [reading.claimed() for _run in runs]
    stage.race(2, lambda number: imports.enter(held[number]))
    assert entered.count(ROWS) == 2
    assert Right.objects.count() == Listing.objects.count() == ROWS
    outcomes = sorted(ImportRow.objects.values_list("outcome", flat=True))
    assert outcomes == ["created"] * ROWS + ["exists"] * ROWS
    assert set(Import.objects.values_list("state", flat=True)) == {"done"}
