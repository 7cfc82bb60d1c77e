"""The entries of the register: each written once, in the transaction that changes what the rows show."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from market.documents.models import Version
from market.kernel import clock
from market.rights.models import Encumbrance, Event, Right, Title
from market.rights.rules.grants import EVERYTHING
from market.rights.rules.register import ENDS, MOVES


def enter(
    right: Right, kind: str, *, on: date, actor: str, source: str = "", document: Version | None = None, **data: Any
) -> Event:
    """Write one entry of the legal day `on`; `data` as `rules.register.Entry` describes it."""
    return Event.objects.create(
        right=right, kind=kind, on=on, entered_by=actor, source=source[:120], document=document, data=data
    )


def open_register(right: Right, titles: Iterable[Title], *, actor: str) -> None:
    """Enter a right that has just been verified: its filing, its grant and every burden somebody declared."""
    owners = owner_rows(titles)
    until = right.expires_on.isoformat() if right.expires_on else None
    said: dict[str, Any] = {"actor": actor, "source": right.source, "owners": owners, "expires_on": until}
    begun = min((title.since for title in titles), default=clock.today())
    if right.filed_on or right.state == Right.State.PENDING:
        enter(right, Event.Kind.FILING, on=right.filed_on or begun, state=Right.State.PENDING, **said)
    if right.state in Right.IN_FORCE:
        enter(right, Event.Kind.GRANT, on=right.granted_on or begun, state=right.state, **said)
    for burden in right.encumbrances.order_by("pk"):
        burdened(burden, actor=actor)
        if burden.released_on:
            released(burden, actor=actor)


def owner_rows(titles: Iterable[Title]) -> list[tuple[str, str, int, int]]:
    """Who owns it, as an entry keeps it."""
    return [(title.holder.code, title.holder.name, title.share_num, title.share_den) for title in titles]


def moved(right: Right, was: str, *, on: date, actor: str, source: str, document: Version | None = None) -> None:
    """Enter what the office did to bring the right from the state `was` to its present one."""
    kind = MOVES.get((was, right.state))
    if kind:
        enter(right, kind, on=on, actor=actor, source=source, document=document, state=right.state)


def burdened(burden: Encumbrance, *, actor: str, document: Version | None = None) -> None:
    """Enter that a burden began; what a licence covers only where it does not cover everything."""
    covered = {name: getattr(burden, name) for name in ("territory", "fields", "acts")}
    enter(
        burden.right,
        burden.kind,
        on=burden.since,
        actor=actor,
        burden=burden.pk,
        in_favour_of=burden.in_favour_of,
        number=burden.number,
        until=burden.until.isoformat() if burden.until else None,
        grade=burden.grade,
        document=document,
        **{name: str(atoms) for name, atoms in covered.items() if atoms != EVERYTHING},
    )


def released(burden: Encumbrance, *, actor: str, document: Version | None = None) -> None:
    """Enter that a burden ended, by the paper that proves it."""
    on = burden.released_on or clock.today()
    enter(burden.right, ENDS[burden.kind], on=on, actor=actor, document=document, burden=burden.pk)
