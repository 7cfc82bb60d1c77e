"""A worker that is killed in the middle of a run loses its chunk and nothing else: the next one goes on, and all is billed once."""

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, connections

from market.kernel import clock
from market.royalties import issuing
from market.royalties.models import Run, Statement
from market.royalties.runs import actions
from market.trail.models import Fact
from tests import people
from tests.market.royalties import stage

NOW = datetime(2026, 2, 10, 4, tzinfo=UTC)
MOMENTS = ("before the statements", "after the statements", "before the commit", "after the commit")


def dying(moment: str, patch: pytest.MonkeyPatch) -> None:
    """Let the process die at that moment of its second chunk."""
    chunks = 0

    def counted(act: Callable[..., Any], when: str) -> Callable[..., Any]:
        def acted(*args: Any) -> Any:
            nonlocal chunks
            chunks += 1
            if when == "before" and chunks == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            answer = act(*args)
            if when == "after" and chunks == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        return acted

    place, name, when = {
        "before the statements": (issuing, "insert_many", "before"),
        "after the statements": (issuing, "insert_many", "after"),
        "before the commit": (actions, "_bill_chunk", "after"),
        "after the commit": (actions, "step", "after"),
    }[moment]
    patch.setattr(place, name, counted(getattr(place, name), when))


def in_a_child(act: Callable[[], object]) -> int:
    """Do something in a child of ours; the signal that ended it."""
    connections.close_all()
    if getattr(connection, "pool", None):
        connection.close_pool()  # type: ignore[attr-defined]
    child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_run_that_is_killed_bills_each_period_once(moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "CHUNK", 1)
    jida, anne_co, agency = people.jilin_university(), people.anne_co(), people.changchun_agency()
    with clock.shifted_to(NOW):
        three = stage.licences(3, jida, anne_co, agency)
        for number in (1, 2, 3, 4):
            for one in three:
                stage.reported(one, number, "1000")
            before = Run.objects.count()

            def killed() -> None:
                with pytest.MonkeyPatch.context() as patch:
                    dying(moment, patch)
                    actions.run()

            assert in_a_child(killed) == -signal.SIGKILL
            assert Run.objects.exclude(state="done").count() == 1
            actions.run()
            assert (Run.objects.count(), Run.objects.latest("number").billed) == (before + 1, 3)
            stated = list(Statement.objects.order_by("period__number", "pk").values_list("period__number", "number"))
            assert stated == [(place, 1) for place in range(1, number + 1) for _ in three]
            assert Fact.objects.filter(name="royalty.billed").count() == 3 * number
