"""Records facts in the transaction that makes them true, and delivers each to the handlers that wake on it."""

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from market.kernel import clock
from market.kernel.bulk import create_plain, insert_many
from market.kernel.errors import ensure
from market.kernel.states import move
from market.trail.models import Delivery, Fact

logger = logging.getLogger(__name__)

# Seconds to wait before each further attempt; after the last one the delivery is dead and waits for an operator.
BACKOFF = (1, 5, 30, 120, 600, 3600)

_wired: dict[str, tuple[str, ...]] = {}
_always: tuple[str, ...] = ()


def wire(handlers: Mapping[str, Iterable[str]], *, everything: Iterable[str] = ()) -> None:
    """Say once, at start-up, which dotted handlers wake on which fact name, and which wake on every fact."""
    global _always
    _always = tuple(everything)
    _wired.clear()
    _wired.update({name: tuple(dotted) for name, dotted in handlers.items()})


def record(name: str, *, subject: str, actor: str, audience: Iterable[str] = (), **data: Any) -> Fact:
    """Write the fact `name` about `subject` ("deal:D-…") by `actor` ("user:12", "system:closer"); queue its deliveries.

    `audience` are the references that may be told ("party:P-…", "user:12"). Must run inside the
    transaction that makes the fact true, so that neither exists without the other.
    """
    return record_many([said(name, subject=subject, actor=actor, audience=audience, **data)])[0]


def said(name: str, *, subject: str, actor: str, audience: Iterable[str] = (), **data: Any) -> Fact:
    """The fact as `record` would write it, for `record_many`; nothing is written yet."""
    return Fact(name=name, subject=subject, actor=actor, audience=sorted(set(audience)), data=data)


def record_many(facts: Iterable[Fact]) -> list[Fact]:
    """`record` for many facts (see `said`), in two statements however many they are."""
    facts = list(facts)
    ensure(connection.in_atomic_block, f"{[fact.name for fact in facts[:3]]} recorded outside a transaction")
    create_plain(facts, ("name", "subject", "actor", "audience", "data", "at"))
    now, columns = clock.now(), ("fact_id", "handler", "state", "attempts", "due_at", "error")
    waiting = [
        (fact.pk, dotted, Delivery.State.PENDING.value, 0, now, "")
        for fact in facts
        for dotted in (*_wired.get(fact.name, ()), *_always)
    ]
    insert_many(Delivery, columns, waiting)
    return facts


def facts_about(*subjects: str) -> QuerySet[Fact]:
    """The facts about any of `subjects`, oldest first."""
    return Fact.objects.filter(subject__in=subjects).order_by("pk")


def deliver_due(*, limit: int = 50) -> int:
    """Deliver up to `limit` due deliveries, each in a transaction of its own; returns how many were tried.

    Any number of workers may call this at once: on PostgreSQL each skips the rows another holds, on SQLite the one
    write lock queues them. It is taken only when a row is due, so that an idle worker never makes a bidder wait.
    """
    tried = 0
    while tried < limit and _due().exists() and _deliver_one():
        tried += 1
    return tried


def _due() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=Delivery.State.PENDING, due_at__lte=clock.now()).order_by("due_at", "pk")


def _deliver_one() -> bool:
    """Take one due delivery nobody else holds, run its handler and mark it in the same transaction; False if none."""
    delivery: Delivery | None = None
    try:
        with transaction.atomic():
            rows = _due().select_related("fact")
            if connection.features.has_select_for_update_skip_locked:
                rows = rows.select_for_update(skip_locked=True, of=("self",))
            delivery = rows.first()
            if delivery is None:
                return False
            import_string(delivery.handler)(delivery.fact)
            move(delivery, Delivery.State.DONE, done_at=clock.now(), attempts=delivery.attempts + 1, error="")
    except Exception as error:  # a handler may fail in any way; its effect is rolled back and it is tried again
        if delivery is None:
            raise
        logger.exception("%s failed", delivery)
        _note_failure(delivery.pk, f"{type(error).__name__}: {error}")
    return True


def _note_failure(delivery_id: int, error: str) -> None:
    """Put the delivery off by the next back-off, or declare it dead after the last."""
    error = error.replace("\0", "")[:2000]  # PostgreSQL stores no NUL, and a failure must never fail to be noted
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
        if delivery.state != Delivery.State.PENDING:  # another worker took it between our rollback and this lock
            return
        attempts = delivery.attempts + 1
        if attempts > len(BACKOFF):
            move(delivery, Delivery.State.DEAD, attempts=attempts, error=error)
            return
        Delivery.objects.filter(pk=delivery_id).update(
            attempts=attempts, error=error, due_at=clock.now() + timedelta(seconds=BACKOFF[attempts - 1])
        )


def dead() -> QuerySet[Delivery]:
    """The deliveries that gave up, oldest first, for an operator to see and run again."""
    return Delivery.objects.filter(state=Delivery.State.DEAD).select_related("fact").order_by("pk")


@transaction.atomic
def run_again(delivery: Delivery) -> None:
    """Put a dead delivery back in the queue with a clean count; the last error stays until it is delivered.

    Again, while it waits or once it is done: nothing more.
    """
    if Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.DEAD).exists():
        move(delivery, Delivery.State.PENDING, attempts=0, due_at=clock.now())
