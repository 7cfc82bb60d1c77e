"""The private round: a lot was passed in, its consignor agrees, and those who were registered for it may make offers.

Nothing here reads the reserve (拍卖法 28): no floor is made of it, no offer is declined by it. Every offer of a private
round is answered by a person, and what that person knows stays with it.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import transaction

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.states import move
from market.listings.models import Listing
from market.listings.offers import queries, rows
from market.listings.offers.models import PrivateRound
from market.listings.offers.rules import PRIVATE_ROUND, RuleSet
from market.parties.access import require
from market.parties.models import Party, User
from market.trail import journal


@transaction.atomic
def propose(listing: Listing, *, origin: str, invited: Collection[Party], actor: str) -> PrivateRound | None:
    """Ask the seller whether those `invited` may make offers [round.proposed -> seller]; the same `origin` ("lot:L-…")
    again: the first one. None where there is nobody to invite, or the asset takes no offers."""
    known = PrivateRound.objects.filter(origin=origin).first()
    if known is not None:
        return known
    listing = rows.held(listing.pk)
    sold_alone = listing.bundle_id is None and listing.mode in queries.MODES
    if not invited or not sold_alone or listing.state != Listing.State.PUBLISHED:
        return None
    made = PrivateRound.objects.create(listing=listing, origin=origin, rules=PRIVATE_ROUND.as_data())
    made.invited.set(invited)
    _record("round.proposed", made, actor, [listing.seller.ref], invited=len(invited))
    return made


@transaction.atomic
def agree(found: PrivateRound, *, by: User) -> PrivateRound:
    """The consignor agrees: offers are taken until its time is up [round.opened -> everybody invited]. Again: nothing
    more. 404 for strangers; Refused `role.missing`, `offer.not_on_offer`, `state.illegal`."""
    require(by, found.listing.seller)
    listing, row = _held(found)
    if row.state == PrivateRound.State.OPEN:
        return row
    if listing.state != Listing.State.PUBLISHED:
        raise Refused("offer.not_on_offer")
    now = clock.database_now()
    ends_at = now + timedelta(hours=RuleSet.from_data(row.rules).span_h)
    move(row, PrivateRound.State.OPEN, decided_at=now, decided_by=by, ends_at=ends_at)
    told = [party.ref for party in row.invited.all()]
    _record("round.opened", row, by.ref, told, ends_at=ends_at.isoformat())
    return row


@transaction.atomic
def refuse(found: PrivateRound, *, by: User) -> PrivateRound:
    """The consignor does not agree; nobody is told. Again: nothing more. 404 for strangers; Refused `role.missing`,
    `state.illegal`."""
    require(by, found.listing.seller)
    _listing, row = _held(found)
    if row.state != PrivateRound.State.REFUSED:
        move(row, PrivateRound.State.REFUSED, decided_at=clock.database_now(), decided_by=by)
        _record("round.refused", row, by.ref, [])
    return row


def end_due() -> int:
    """End the private rounds whose time is up [round.over -> seller]; how many. Any number of workers may call it."""
    due = PrivateRound.objects.filter(state=PrivateRound.State.OPEN, ends_at__lte=clock.database_now())
    return sum(_end(found) for found in due.order_by("ends_at", "pk")[:100])


@transaction.atomic
def _end(found: PrivateRound) -> bool:
    listing, row = _held(found)
    if row.state != PrivateRound.State.OPEN:
        return False
    move(row, PrivateRound.State.OVER)
    _record("round.over", row, rows.ACTOR, [listing.seller.ref])
    return True


def _held(found: PrivateRound) -> tuple[Listing, PrivateRound]:
    """Its listing and the round as they are now, both held."""
    listing = rows.held(found.listing_id)
    row = PrivateRound.objects.select_for_update().get(pk=found.pk)
    row.listing = listing
    return listing, row


def _record(name: str, row: PrivateRound, actor: str, audience: list[str], **data: Any) -> None:
    right = row.listing.right
    told = {"round": row.code, "listing": row.listing.code, **right.named}
    journal.record(name, subject=row.ref, actor=actor, audience=audience, **told, **data)
