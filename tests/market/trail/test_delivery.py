"""Every fact reaches each of its handlers: once, later if the handler fails, and never by force."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from market.kernel import clock
from market.trail import journal
from market.trail.models import Delivery, Fact
from tests import stage

HERE = "tests.market.trail.test_delivery"
told: list[int] = []


def tell(fact: Fact) -> None:
    """A handler that remembers what it was told."""
    told.append(fact.pk)


def write_and_fail(fact: Fact) -> None:
    """A handler that writes a fact of its own and then fails."""
    journal.record("cup.broken", subject=fact.subject, actor="system:clumsy")
    raise ValueError(f"dropped {fact.subject}\0")


def tell_slowly(fact: Fact) -> None:
    """A handler that waits until every worker of the race has looked for work."""
    told.append(fact.pk)
    stage.meet()


@pytest.fixture(autouse=True)
def _wired() -> Iterator[None]:
    before, always = dict(journal._wired), journal._always
    told.clear()
    yield
    journal.wire(before, everything=always)


def served(*handlers: str, cup: str = "cup:1") -> Fact:
    """Record that tea was served, for these handlers of this file."""
    journal.wire({"tea.served": [f"{HERE}.{name}" for name in handlers]})
    with transaction.atomic():
        return journal.record("tea.served", subject=cup, actor="user:1")


def test_every_handler_hears_of_a_fact_once(db: None) -> None:
    journal.wire({"tea.served": [f"{HERE}.tell"]}, everything=[f"{HERE}.tell_slowly"])
    with transaction.atomic():
        fact = journal.record("tea.served", subject="cup:1", actor="user:1")
    assert journal.deliver_due() == 2
    assert journal.deliver_due() == 0
    assert told == [fact.pk, fact.pk]
    assert set(Delivery.objects.values_list("state", "attempts")) == {("done", 1)}


def test_an_idle_worker_asks_one_question_and_takes_no_lock(transactional_db: None) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert journal.deliver_due() == 0
    assert len(asked) == 1
    assert asked[0]["sql"].startswith("SELECT")


def test_no_more_than_the_limit_is_delivered_at_once(db: None) -> None:
    for cup in "abc":
        served("tell", cup=f"cup:{cup}")
    assert journal.deliver_due(limit=2) == 2
    assert len(told) == 2


def test_what_a_failing_handler_wrote_is_rolled_back_and_the_delivery_waits(db: None) -> None:
    served("write_and_fail")
    assert journal.deliver_due() == 1
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("pending", 1)
    assert delivery.error == "ValueError: dropped cup:1"
    assert delivery.due_at > clock.now()
    assert not Fact.objects.filter(name="cup.broken").exists()
    assert journal.deliver_due() == 0, "it waits for its next turn"


def test_a_handler_that_fails_does_not_keep_the_others_from_hearing(db: None) -> None:
    fact = served("write_and_fail", "tell")
    journal.deliver_due()
    assert told == [fact.pk]


def test_a_handler_that_does_not_exist_is_a_failure_like_any_other(db: None) -> None:
    served("nobody")
    journal.deliver_due()
    assert "ImportError" in Delivery.objects.get().error


def fail_for_good() -> Delivery:
    """Let a delivery fail at every turn; time passes as it waits."""
    fact = served("write_and_fail")
    for _ in journal.BACKOFF:
        with clock.shifted_to(Delivery.objects.get(fact=fact).due_at):
            assert journal.deliver_due() == 1
    with clock.shifted_to(Delivery.objects.get(fact=fact).due_at):
        assert journal.deliver_due() == 1
    return Delivery.objects.get(fact=fact)


def test_each_wait_is_longer_until_the_delivery_is_dead(db: None) -> None:
    assert list(journal.BACKOFF) == sorted(journal.BACKOFF)
    delivery = fail_for_good()
    assert (delivery.state, delivery.attempts) == ("dead", len(journal.BACKOFF) + 1)
    with clock.shifted_to(clock.now() + timedelta(days=400)):
        assert journal.deliver_due() == 0
    assert list(journal.dead()) == [delivery]


def test_a_dead_delivery_runs_again_when_asked_and_only_once(db: None) -> None:
    delivery = fail_for_good()
    Delivery.objects.filter(pk=delivery.pk).update(handler=f"{HERE}.tell")
    journal.run_again(Delivery.objects.get())
    journal.run_again(delivery)
    assert not journal.dead().exists()
    assert journal.deliver_due() == 1
    journal.run_again(delivery)
    assert journal.deliver_due() == 0
    assert told == [delivery.fact_id]
    done = Delivery.objects.get()
    assert (done.state, done.attempts, done.error) == ("done", 1, "")


def unlocked(rows: "QuerySet[Delivery]", **_: object) -> "QuerySet[Delivery]":
    """`select_for_update` without the lock: the control of the race below."""
    return rows


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False], ids=["locked", "control: lock off"])
def test_two_workers_never_deliver_the_same(locked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers look at once; each finds its own row. Without the row lock both run the same handler."""
    journal.wire({"tea.served": [f"{HERE}.tell_slowly"]})
    with transaction.atomic():
        facts = [journal.record("tea.served", subject=f"cup:{cup}", actor="user:1").pk for cup in (1, 2)]
    if not locked:
        monkeypatch.setattr(QuerySet, "select_for_update", unlocked)
    stage.race(2, lambda _: journal.deliver_due(limit=1))
    if locked:
        assert sorted(told) == facts
    else:
        assert told == [facts[0], facts[0]], "the race did not happen, so the test above proves nothing"


def test_many_threads_share_out_many_facts(transactional_db: None) -> None:
    """On SQLite the write lock queues them, on PostgreSQL they skip each other's rows: once each, either way."""
    journal.wire({"tea.served": [f"{HERE}.tell"]})
    with transaction.atomic():
        facts = [journal.record("tea.served", subject=f"cup:{cup}", actor="user:1").pk for cup in range(12)]
    stage.race(3, lambda _: journal.deliver_due())
    assert sorted(told) == facts
