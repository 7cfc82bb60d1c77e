"""Two people of a co-owner answer differently at the same moment: one answer stands. Needs real row locks."""

from typing import Any

import pytest
from django.db import connection

from market.kernel.errors import Refused
from market.parties.models import Membership, User
from market.rights.conditions import actions
from market.rights.conditions.models import Condition
from market.rights.models import Consent, Right
from market.rights.queries import blockers_of
from market.rights.rules import conditions as rules
from market.rights.rules.intents import ASSIGN
from market.trail.models import Fact
from tests import assets, people, stage
from tests.market.rights.test_conditions import SIGNED

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> tuple[Condition, list[User]]:
    """A co-owner's consent, asked for, and the two people who may give it; who has looked waits for the other to look."""
    jida, carol_co = people.jilin_university(), people.carol_co()
    wang = people.person("wang_hao", "王浩")
    people.join(wang, carol_co, Membership.Role.AGENT)
    right = assets.right(jida, holders=[(jida, 1, 2), (carol_co, 1, 2)])
    need = {"opened_for": "deal:D-1", "seller": jida, "asked_by": jida, "actor": "system:test"}
    (condition,) = actions.ask(right, blockers=blockers_of(right, ASSIGN), **need)
    checked = rules.check

    def together(*args: Any, **named: Any) -> Any:
        known = checked(*args, **named)
        stage.meet()
        return known

    monkeypatch.setattr(rules, "check", together)
    return condition, [people.owner_of(carol_co), wang]


def answered(condition: Condition, who: list[User]) -> list[Any]:
    """One agrees while the other refuses."""
    said: list[dict[str, Any]] = [{"answer": "agree", "paper": SIGNED}, {"answer": "refuse", "remark": "价格过低"}]
    return stage.race(2, lambda number: actions.answer(condition, by=who[number], **said[number]))


def test_of_two_answers_at_once_one_counts_and_what_follows_from_it_is_whole(
    asked: tuple[Condition, list[User]],
) -> None:
    assert connection.vendor == "postgresql"
    answers = answered(*asked)
    stands = Condition.objects.get()
    last = Fact.objects.filter(name="condition.answered").order_by("-pk")[0]
    assert (last.data["answer"], last.data["state"]) == (stands.answer, stands.state)
    assert Consent.objects.exists() == (stands.state == "met")
    codes = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert codes in ([], ["condition.answer"])  # a refusal may still be followed by a consent, never the reverse


def test_without_the_lock_and_the_compared_state_both_are_told_that_theirs_counts(
    asked: tuple[Condition, list[User]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race both are for: each has read the open request, and the slower writes over the other's answer."""

    def blind(row: Any, to: str, **also: Any) -> None:
        Condition.objects.filter(pk=row.pk).update(state=to, **also)

    monkeypatch.setattr(actions, "move", blind)
    monkeypatch.setattr(Right.objects, "select_for_update", Right.objects.all)
    answers = answered(*asked)
    assert [type(answer) for answer in answers] == [Condition, Condition]
    assert Consent.objects.exists()
    assert Fact.objects.filter(name="condition.answered").count() == 2
