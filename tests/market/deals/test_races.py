"""Two workers tell the same hammer, two people sign at once: one deal, one move. Needs real row locks."""

from typing import Any

import pytest
from django.db import connection

from market.deals import actions, queries
from market.deals.models import Deal, Signature
from market.deals.rules import moves
from market.parties.models import Party
from market.trail.models import Fact
from tests import people, stage
from tests.market.deals.stage import SYSTEM, dealt, formed, sign, terms

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_the_same_hammer_told_by_many_opens_one_deal(monkeypatch: pytest.MonkeyPatch) -> None:
    jida, anne_co, agency = _cast()
    said = terms(dealt(jida, agency), anne_co)
    create = Deal.objects.create

    def together(**columns: Any) -> Deal:
        stage.meet()  # all have looked for a first deal and found none
        return create(**columns)

    monkeypatch.setattr(Deal.objects, "create", together)
    made = stage.race(4, lambda _: actions.open(**said))
    assert connection.vendor == "postgresql"
    assert {deal.pk for deal in made} == {Deal.objects.get().pk}
    assert Fact.objects.filter(name="deal.formed").count() == 1


def test_two_sides_who_sign_at_the_same_moment_move_the_deal_once() -> None:
    jida, anne_co, agency = _cast()
    paper = actions.draft_confirmation(formed(jida, anne_co, agency), actor=SYSTEM)
    signers = [("buyer", people.owner_of(anne_co)), ("agency", people.owner_of(agency))] * 2
    made = stage.race(4, lambda number: sign(paper, *signers[number]))
    assert {one.pk for one in made} == {one.pk for one in Signature.objects.all()}
    assert Signature.objects.count() == 2
    assert Fact.objects.filter(name="deal.confirmed").count() == 1
    assert Deal.objects.get().state == "confirmed"


def test_without_the_lock_both_sides_sign_and_nobody_moves_the_deal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The race the lock is for: each sees only its own signature, and the deal would wait for ever."""
    jida, anne_co, agency = _cast()
    paper = actions.draft_confirmation(formed(jida, anne_co, agency), actor=SYSTEM)
    signers = [("buyer", people.owner_of(anne_co)), ("agency", people.owner_of(agency))]

    def unlocked(deal: Deal) -> Deal:
        return queries.with_parties().get(pk=deal.pk)

    def together(kind: str, signed: Any) -> tuple[str, ...]:
        missing = missing_signers(kind, list(signed))
        stage.meet()  # both have looked who signed, neither has committed
        return missing

    missing_signers = moves.missing_signers
    monkeypatch.setattr("market.deals.actions.papers.locked", unlocked)
    monkeypatch.setattr(moves, "missing_signers", together)
    stage.race(2, lambda number: sign(paper, *signers[number]))
    assert Signature.objects.count() == 2
    assert Deal.objects.get().state == "formed"


def _cast() -> tuple[Party, Party, Party]:
    return people.jilin_university(), people.anne_co(), people.changchun_agency()
