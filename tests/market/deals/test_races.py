"""Two workers tell the same hammer, two people sign at once: one deal, one move, one exclusive licence. Needs real row locks."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from market.deals import actions, queries, readiness
from market.deals.models import Deal, Paper, Signature
from market.deals.rules import moves
from market.kernel.errors import Refused
from market.parties.models import Party
from market.rights import actions as register
from market.rights.models import Encumbrance, Right
from market.trail.models import Fact
from tests import people, stage
from tests.market.deals.licences import contract_of, licensed
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


@pytest.fixture
def nothing_excluded(transactional_db: None) -> Iterator[None]:
    """A register in which the database lets exclusive licences overlap."""
    table, name = "rights_encumbrance", "exclusive_grants_never_overlap"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{name}'")
        (definition,) = cursor.fetchone()
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        yield
        cursor.execute(f"DELETE FROM {table}")
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _two_exclusive_contracts(monkeypatch: pytest.MonkeyPatch) -> list[Paper]:
    """Of one patent, each waiting for its buyer's signature only; both buyers find nothing against it before either signs."""
    jida, anne_co, agency = _cast()
    first = licensed(jida, anne_co, agency)
    other = actions.open(**terms(first.listing, people.bob_co(), origin="lot:L-OTHER"))
    made = [contract_of(deal, exclusivity="exclusive") for deal in (first, other)]
    for paper in made:
        sign(paper, "seller", people.owner_of(jida))
    bars_of = readiness.bars_of

    def together(deal: Deal) -> Any:
        bars = bars_of(deal)
        stage.meet()
        return bars

    monkeypatch.setattr(readiness, "bars_of", together)
    return made


def _signed_by_its_buyer(paper: Paper) -> str:
    try:
        sign(paper, "buyer", people.owner_of(paper.deal.buyer))
    except Refused as refused:
        return refused.code
    return "signed"


@pytest.mark.usefixtures("nothing_excluded")
def test_of_two_exclusive_contracts_signed_at_the_same_moment_one_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    papers = _two_exclusive_contracts(monkeypatch)
    ended = stage.race(2, lambda number: _signed_by_its_buyer(papers[number]))
    assert sorted(ended) == ["grant.overlap", "signed"]
    burden = Encumbrance.objects.get()
    assert {deal.state: deal.code == burden.detail for deal in Deal.objects.all()} == {
        "signed": True,
        "confirmed": False,
    }
    assert Signature.objects.filter(role="buyer", paper__kind="contract").count() == 1


@pytest.mark.usefixtures("nothing_excluded")
def test_without_the_lock_on_the_right_two_exclusive_contracts_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: each sees a register without the other's licence."""
    papers, check = _two_exclusive_contracts(monkeypatch), register._check_room

    def together(burden: Encumbrance) -> None:
        check(burden)
        stage.meet()

    monkeypatch.setattr(register, "_locked", lambda right: Right.objects.get(pk=right.pk))
    monkeypatch.setattr(register, "_check_room", together)
    assert stage.race(2, lambda number: _signed_by_its_buyer(papers[number])) == ["signed", "signed"]
    assert Encumbrance.objects.filter(grade="exclusive").count() == 2


def _cast() -> tuple[Party, Party, Party]:
    return people.jilin_university(), people.anne_co(), people.changchun_agency()
