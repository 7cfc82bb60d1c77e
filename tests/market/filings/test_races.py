"""Two agencies pass the title of one right in two deals at once: one wins, the other hears why not. Needs real row locks."""

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet

from market.deals.models import Deal
from market.filings import actions
from market.filings.models import Filing
from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.models import Party
from market.rights import passing
from market.rights.models import Right, Title
from tests import people, stage
from tests.market.filings.stage import CERTIFICATE, prepared, submitted
from tests.people import owner_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sold_twice(monkeypatch: pytest.MonkeyPatch) -> list[Filing]:
    """One right assigned through one agency and contributed for equity through another, both filed at the office; whoever
    asks the rulebook about it waits until the other has asked, too."""
    jida, changchun = people.jilin_university(), people.changchun_agency()
    jilin = people.party(people.person("agent_wu", "吴刚"), Party.Kind.AGENCY, "吉林产权交易中心", 3, **BANK)
    buyers = [people.anne_co(), people.bob_co()]
    first = submitted(prepared(jida, buyers[0], changchun), clock.today())
    Deal.objects.update(mode="equity")
    second = submitted(prepared(jida, buyers[1], jilin, right=first.deal.right), clock.today())
    asked = passing.blockers_of

    def together(*args: Any, **named: Any) -> Any:
        found = asked(*args, **named)
        stage.meet()
        return found

    monkeypatch.setattr(passing, "blockers_of", together)
    return [first, second]


@pytest.fixture
def unlocked(sold_twice: list[Filing], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the right's row, so that each surely has asked before the other writes."""
    asked, both = passing.blockers_of, threading.Barrier(2)

    def together(*args: Any, **named: Any) -> Any:
        found = asked(*args, **named)
        both.wait(stage.PATIENCE)
        return found

    locked = QuerySet.select_for_update

    def of_all_but_rights(rows: Any, **how: Any) -> Any:
        return rows if rows.model is Right else locked(rows, **how)

    monkeypatch.setattr(QuerySet, "select_for_update", of_all_but_rights)
    monkeypatch.setattr(passing, "blockers_of", together)


BANK = {"bank_name": "吉林银行", "bank_account": "070101200000099"}


def settle(filings: list[Filing]) -> list[Any]:
    """Each agency enters the office's decision on its own filing at the same moment."""

    def enter(number: int) -> Filing:
        one = filings[number]
        by = owner_of(one.deal.agency)
        return actions.accept(one, number=f"ZQ-{number}", on=clock.today(), certificate=CERTIFICATE, by=by)

    return stage.race(2, enter)


def test_one_agency_passes_title_and_the_other_hears_that_the_seller_owns_nothing_any_more(
    sold_twice: list[Filing],
) -> None:
    assert connection.vendor == "postgresql"
    answers = settle(sold_twice)
    (refusal,) = [answer for answer in answers if isinstance(answer, Refused)]
    (winner,) = [answer for answer in answers if isinstance(answer, Filing)]
    assert refusal.code == "right.blocked"
    assert [bar.code for bar in refusal.facts["blockers"]] == ["not_owner"]
    assert Title.objects.get(until=None).holder == winner.deal.buyer
    states = dict(Deal.objects.values_list("pk", "state"))
    assert states.pop(winner.deal_id) == "title_passed"
    assert list(states.values()) == ["filed"]


def test_without_the_lock_nobody_hears_a_reason_though_the_database_stops_the_second(
    sold_twice: list[Filing], unlocked: None
) -> None:
    answers = settle(sold_twice)
    assert sorted((type(answer) for answer in answers), key=lambda kind: kind.__name__) == [Filing, IntegrityError]


def test_without_the_lock_and_the_guard_one_right_has_two_owners_of_the_whole(
    sold_twice: list[Filing], unlocked: None
) -> None:
    """The race the lock is for."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE rights_title DISABLE TRIGGER rights_title_kept")
        try:
            answers = settle(sold_twice)
        finally:
            cursor.execute("ALTER TABLE rights_title ENABLE TRIGGER rights_title_kept")
    assert [type(answer) for answer in answers] == [Filing, Filing]
    live = Title.objects.filter(until=None)
    assert [(title.share_num, title.share_den) for title in live] == [(1, 1), (1, 1)]
