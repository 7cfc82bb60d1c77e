"""Both sides of a licence act on other terms at one moment: each thing happens once, or not at all. Needs real row locks."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet

from market.deals.models import Deal
from market.documents.models import Version
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.royalties.amendments import actions, queries
from market.royalties.amendments.models import Amendment, AmendmentSignature
from market.royalties.models import Licence, SetAside, Statement, Sublicence
from market.royalties.runs import actions as runs
from market.royalties.runs.actions import run
from market.royalties.sublicences import actions as sublicences
from market.royalties.sublicences.queries import first_draft
from market.trail.models import Fact
from tests import people
from tests.market.deals.terms.papers import running
from tests.market.royalties import stage
from tests.people import owner_of
from tests.stage import PATIENCE, meet, race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
QUARTER_END = datetime(2026, 3, 31, 15, tzinfo=UTC)  # an hour before midnight in Beijing
MIDNIGHT = datetime(2026, 3, 31, 16, tzinfo=UTC)
TODAY = date(2026, 3, 31)
ROLES = actions.ROLES
NO_LOCKS = 1.5  # seconds for the other to come, whom nothing holds up


def at(moment: datetime, act: Callable[[], Any]) -> Any:
    """What `act` returns at that moment, each thread having a clock of its own, or the refusal's code."""
    with clock.shifted_to(moment):
        try:
            return act()
        except Refused as refused:
            return refused.code


def both(*acts: Callable[[], Any]) -> list[Any]:
    """What both at the end of the quarter come to, done at once."""
    return race(len(acts), lambda number: at(QUARTER_END, acts[number]))


@pytest.fixture
def licence(transactional_db: None) -> Licence:
    """Five percent a quarter; four quarters are open, the first approved."""
    with clock.shifted_to(QUARTER_END):
        made = stage.licence(
            people.jilin_university(), people.anne_co(), people.changchun_agency(), sublicence="with_consent"
        )
        stage.reported(made, 1, "10000")
    return made


def proposed(licence: Licence, rate: str = "0.08", role: str = "licensor") -> Amendment:
    document = {**licence.terms, "payments": [running({"rate": rate})]}
    given = {"document": document, "since": TODAY, "by": owner_of(getattr(licence, role))}
    return actions.propose(licence=licence, role=role, **given)


def adopted(made: Amendment) -> Amendment:
    by = owner_of(made.licence.licensee)
    return actions.adopt(amendment=made, role="licensee", sha256=made.sha256, by=by)


def signed(made: Amendment, role: str) -> AmendmentSignature:
    assert made.paper is not None
    given = {"sha256": made.paper.sha256, "statement": "同意", "by": owner_of(getattr(made.licence, role))}
    return actions.sign(amendment=made, role=role, **given)


def withdrawn(made: Amendment) -> Amendment:
    return actions.withdraw(amendment=made, role="licensor", by=owner_of(made.licence.licensor))


@pytest.fixture
def drafted(licence: Licence) -> Amendment:
    """Eight percent from the last day of the quarter on, to be signed."""
    made: Amendment = at(QUARTER_END, lambda: adopted(proposed(licence)))
    return made


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows)


def meet_after(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, patience: float = 0.5) -> None:
    """Whoever has called `name` waits until the other has come as far; with locks it never does."""
    act = getattr(where, name)

    def acted(*args: Any, **named: Any) -> Any:
        answer = act(*args, **named)
        meet(patience)
        return answer

    monkeypatch.setattr(where, name, acted)


def said(name: str) -> int:
    return Fact.objects.filter(name=name).count()


def test_both_sides_who_sign_at_once_bring_it_into_force_once(
    drafted: Amendment, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_after(monkeypatch, AmendmentSignature.objects, "create")
    made = both(*(lambda role=role: signed(drafted, role) for role in ROLES * 2))
    assert {one.pk for one in made} == {one.pk for one in AmendmentSignature.objects.all()}
    assert (AmendmentSignature.objects.count(), said("amendment.signed")) == (2, 1)
    assert queries.terms_on(drafted.licence, TODAY) == drafted.document


def test_without_the_lock_both_have_signed_and_it_is_never_in_force(
    drafted: Amendment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: each sees its own signature only."""
    without_locks(monkeypatch)

    def signed_together(role: str) -> None:
        with transaction.atomic():
            signed(drafted, role)
            meet(NO_LOCKS)  # neither has committed when both have counted

    both(*(lambda role=role: signed_together(role) for role in ROLES))
    assert (AmendmentSignature.objects.count(), said("amendment.signed")) == (2, 0)


def at_midnight(drafted: Amendment, monkeypatch: pytest.MonkeyPatch, patience: float = 0.5) -> Any:
    """The last signature is given on the last day of the quarter while the run after it opens the quarter and states what is
    approved; what the signer is answered."""
    at(QUARTER_END, lambda: signed(drafted, "licensor"))
    meet_after(monkeypatch, actions, "_check", patience)
    meet_after(monkeypatch, runs, "signed_by_licence", patience)
    acts = ((QUARTER_END, lambda: signed(drafted, "licensee")), (MIDNIGHT, run))
    answer = race(2, lambda number: at(*acts[number]))[0]
    monkeypatch.undo()
    at(MIDNIGHT, run)  # what the other had was passed over
    return answer


def quarters(licence: Licence) -> list[tuple[str, int | None]]:
    """The periods of this year, and whose terms hold for them."""
    rows = licence.periods.filter(since__year=2026).order_by("number")
    return [(row.code, row.amendment_id) for row in rows]


def test_what_takes_effect_while_a_quarter_is_opened_holds_for_it_or_is_refused(
    drafted: Amendment, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, licence = at_midnight(drafted, monkeypatch), drafted.licence
    if answer == "amendment.since":
        assert quarters(licence) == [("2026-01-01 – 2026-03-31", None)]
    else:
        assert answer.role == "licensee"
        assert quarters(licence) == [
            ("2026-01-01 – 2026-03-30", None),
            ("2026-03-31 – 2026-03-31", drafted.pk),
        ]
    assert Statement.objects.get().payable == Money(500_00, "CNY")  # by the terms of its period
    assert not SetAside.objects.exists()


def test_without_the_lock_a_day_is_opened_under_the_terms_that_no_longer_hold(
    drafted: Amendment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the day the other terms begin on lies in a period that does not know them."""
    without_locks(monkeypatch)
    answer = at_midnight(drafted, monkeypatch, NO_LOCKS)
    assert answer.role == "licensee"
    assert queries.terms_on(drafted.licence, TODAY) == drafted.document
    assert quarters(drafted.licence)[0] == ("2026-01-01 – 2026-03-31", None)


def test_one_that_is_withdrawn_while_the_other_side_signs_is_one_of_both(
    drafted: Amendment, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(QUARTER_END, lambda: signed(drafted, "licensor"))
    meet_after(monkeypatch, queries, "amendments")
    answers = both(lambda: signed(drafted, "licensee"), lambda: withdrawn(drafted))
    drafted.refresh_from_db()
    held = {"signed": (None, "state.illegal"), "withdrawn": ("paper.closed", None)}[drafted.state]
    assert tuple(answer if isinstance(answer, str) else None for answer in answers) == held
    assert (said("amendment.signed"), said("amendment.withdrawn")) == ((1, 0) if held[1] else (0, 1))
    assert AmendmentSignature.objects.count() == said("amendment.signed") + 1


def moved_blindly(row: Model, to: str, **also: Any) -> None:
    """`move` as it would be if it took the state that was read for the one that is."""
    type(row)._base_manager.filter(pk=row.pk).update(state=to, **also)


def test_without_lock_and_state_it_is_signed_and_withdrawn(drafted: Amendment, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both sides are told what cannot both be."""
    at(QUARTER_END, lambda: signed(drafted, "licensor"))
    without_locks(monkeypatch)
    checked, check = threading.Event(), actions._check

    def check_told(*given: Any) -> None:
        check(*given)
        checked.set()

    def withdrawn_then() -> Amendment:
        assert checked.wait(PATIENCE)
        return withdrawn(drafted)

    monkeypatch.setattr(actions, "_check", check_told)
    monkeypatch.setattr(actions, "move", moved_blindly)
    both(lambda: signed(drafted, "licensee"), withdrawn_then)
    assert (said("amendment.signed"), said("amendment.withdrawn")) == (1, 1)


def propose_at_once(licence: Licence, monkeypatch: pytest.MonkeyPatch, patience: float = 0.5) -> list[Any]:
    meet_after(monkeypatch, actions, "_check", patience)
    sides = {"licensor": "0.08", "licensee": "0.04"}
    return both(*(lambda role=role, rate=rate: proposed(licence, rate, role) for role, rate in sides.items()))


def test_of_two_proposed_at_once_the_later_stands(licence: Licence, monkeypatch: pytest.MonkeyPatch) -> None:
    made = propose_at_once(licence, monkeypatch)
    assert {one.number for one in made} == {1, 2}
    assert list(Amendment.objects.order_by("number").values_list("state", flat=True)) == ["withdrawn", "proposed"]


def test_without_the_lock_one_of_two_proposals_is_lost(licence: Licence, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both are the first, and the database keeps one."""
    without_locks(monkeypatch)
    made = propose_at_once(licence, monkeypatch, NO_LOCKS)
    assert sum(isinstance(one, IntegrityError) for one in made) == Amendment.objects.count() == 1


def agree_at_once(licence: Licence, monkeypatch: pytest.MonkeyPatch, patience: float = 0.5) -> list[Any]:
    made = at(QUARTER_END, lambda: proposed(licence))
    meet_after(monkeypatch, queries, "amendments", patience)
    return both(*[lambda: adopted(made)] * 2)


def test_agreed_to_twice_at_once_it_is_drafted_once(licence: Licence, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Version.objects.count()
    first, second = agree_at_once(licence, monkeypatch)
    assert first.paper == second.paper
    assert (Version.objects.count(), said("amendment.drafted")) == (before + 1, 1)


def test_without_the_lock_who_agrees_twice_is_told_of_a_conflict(
    licence: Licence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both find it open, and one is told that somebody was faster."""
    without_locks(monkeypatch)
    assert "state.outrun" in agree_at_once(licence, monkeypatch, NO_LOCKS)


def decide_at_once(
    licence: Licence, monkeypatch: pytest.MonkeyPatch, refused: threading.Event | None = None
) -> list[Any]:
    """The licensor consents to a sublicence, and somebody else of its house refuses it, who says when it is done."""
    refused = refused or threading.Event()

    def asked() -> Sublicence:
        document = {
            **first_draft(licence),
            "payments": [running({"rate": "0.04"})],
            "reports": licence.terms["reports"],
        }
        return sublicences.ask(
            head=licence, sublicensee=people.bob_co(), document=document, key=UUID(int=1), by=owner_of(licence.licensee)
        )

    made, by = at(QUARTER_END, asked), owner_of(licence.licensor)
    meet_after(monkeypatch, sublicences, "_held")

    def refuse() -> None:
        sublicences.refuse(sublicence=made, remark="另有安排", by=by)
        refused.set()

    return both(lambda: sublicences.consent(sublicence=made, by=by), refuse)


def test_a_sublicence_consented_to_and_refused_at_once_is_one_of_both(
    licence: Licence, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, made = decide_at_once(licence, monkeypatch), Sublicence.objects.get()
    opened = made.state == "opened"
    assert (Deal.objects.count(), answers[1 if opened else 0]) == (int(opened), "state.illegal")
    assert (said("sublicence.opened"), said("sublicence.refused")) == (int(opened), int(not opened))


def test_without_lock_and_state_a_sublicence_is_both(licence: Licence, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: its licensor has refused what it has a deal of."""
    without_locks(monkeypatch)
    monkeypatch.setattr(sublicences, "move", moved_blindly)
    refused, opened = threading.Event(), sublicences._opened

    def opened_later(*given: Any) -> Sublicence:
        assert refused.wait(PATIENCE)
        return opened(*given)

    monkeypatch.setattr(sublicences, "_opened", opened_later)
    decide_at_once(licence, monkeypatch, refused)
    assert (said("sublicence.opened"), said("sublicence.refused")) == (1, 1)
