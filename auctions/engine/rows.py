"""The rows of a lot: locked before anything is decided, moved by compare-and-swap once it is."""

from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from auctions import hub
from auctions.models import Event, Lot
from auctions.rules import lot as rules
from market.kernel.errors import Conflict, Refused
from market.kernel.states import can_move, move

ACTOR = "system:hammer"


def locked(*, skip_locked: bool = False) -> QuerySet[Lot]:
    """Lots with what the rules need, each locked against whoever bids or closes, not against rows that refer to it."""
    rows = Lot.objects.select_related("sale__agency", "leader", "listing__seller", "listing__right")
    return rows.select_for_update(no_key=True, of=("self",), skip_locked=skip_locked)


def columns(after: rules.LotState, *, leader_id: int | None) -> dict[str, Any]:
    """The columns of a lot that bidding moves, beside its state, as they stand after a decision."""
    return {
        "seq": after.seq,
        "head": after.head,
        "price_minor": after.price,
        "leader_id": leader_id,
        "bids_count": after.bids,
        "ends_at": after.ends_at,
        "extensions": after.extensions,
        "reserve_met": after.reserve_met,
        "public": after.public,
        "secret": after.secret,
    }


def check_phase(lot: Lot, phase: str) -> None:
    """That the lot may move to `phase` along its table, perhaps by way of being live. Refused `state.illegal`."""
    by_way = (Lot.State.LIVE,) if (lot.state, phase) == (Lot.State.NOTICED, Lot.State.EXTENDED) else ()
    for before, then in pairwise((lot.state, *by_way, phase)):
        if before != then and not can_move(before, then, Lot.MOVES):
            raise Refused("state.illegal", kind="lot", state=before, to=then)


def write(lot: Lot, decision: rules.Decision, *, leader_id: int | None, at: datetime) -> None:
    """Move the row from the state we read to the state decided, append the events, and tell the room after the commit."""
    after = decision.state
    if Lot.objects.filter(pk=lot.pk, seq=lot.seq).update(**columns(after, leader_id=leader_id)) != 1:
        raise Conflict("lot.outrun")
    if lot.state == Lot.State.NOTICED and after.phase == rules.EXTENDED:
        move(lot, Lot.State.LIVE)
    if after.phase != lot.state:
        move(lot, after.phase, **({"closed_at": at} if after.phase in Lot.OVER else {}))
    Event.objects.bulk_create(
        Event(
            lot=lot,
            seq=event.seq,
            kind=event.kind,
            payload=event.payload,
            at=event.at,
            prev=event.prev,
            hash=event.hash,
        )
        for event in decision.events
    )
    transaction.on_commit(partial(hub.announce, [hub.News(lot.pk, after, decision.events)]), robust=True)
