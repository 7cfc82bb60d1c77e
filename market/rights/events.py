"""The entries of the register: each written once, in the transaction that changes what the rows show."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from market.documents.models import Version
from market.kernel import clock
from market.rights.importers.drafts import Conveyance
from market.rights.importers.kept import conveyances_of
from market.rights.models import Encumbrance, Event, Right, Title
from market.rights.rules.grants import EVERYTHING
from market.rights.rules.register import ENDS, MOVES

OwnerRow = tuple[str, str, int, int]  # code ("" for who is no party here), name, share


def enter(
    right: Right, kind: str, *, on: date, actor: str, source: str = "", document: Version | None = None, **data: Any
) -> Event:
    """Write one entry of the legal day `on`; `data` as `rules.register.Entry` describes it."""
    return Event.objects.create(
        right=right, kind=kind, on=on, entered_by=actor, source=source[:120], document=document, data=data
    )


def open_register(right: Right, titles: Iterable[Title], *, actor: str) -> None:
    """Enter a right that has just been verified: its filing, its grant, how it came to its owners as far as the office's
    file told, and every burden somebody declared."""
    owners = owner_rows(titles)
    past = [told for told in conveyances_of(right.conveyances or ()) if told.on <= clock.today()]
    until = right.expires_on.isoformat() if right.expires_on else None
    said: dict[str, Any] = {"actor": actor, "source": right.source, "expires_on": until}
    begun = min((title.since for title in titles), default=clock.today())
    if right.filed_on or right.state == Right.State.PENDING:
        on = right.filed_on or begun
        enter(right, Event.Kind.FILING, on=on, state=Right.State.PENDING, owners=_owners_on(on, past, owners), **said)
    if right.state in Right.IN_FORCE:
        on = right.granted_on or begun
        enter(right, Event.Kind.GRANT, on=on, state=right.state, owners=_owners_on(on, past, owners), **said)
    for place, told in enumerate(past, 1):
        kind = Event.Kind.TRANSFER if told.kind == "transfer" else Event.Kind.CHANGE
        then = _owners_on(told.on, past[place:], owners)
        enter(
            right, kind, on=told.on, actor=actor, source=f"{right.source} {told.number}", owners=then, words=told.words
        )
    for burden in right.encumbrances.order_by("pk"):
        burdened(burden, actor=actor)
        if burden.released_on:
            released(burden, actor=actor)


def _owners_on(on: date, past: Sequence[Conveyance], owners: list[OwnerRow]) -> list[OwnerRow]:
    """Who owned it on a day: whoever gave it away next, by the names the office has, in equal parts; else its `owners`."""
    names = next((told.given_by for told in past if told.on > on and told.given_by), ())
    return [("", name, 1, len(names)) for name in names] or owners


def owner_rows(titles: Iterable[Title]) -> list[OwnerRow]:
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
