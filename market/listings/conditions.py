"""What a listing asks of others: the consents and papers the rulebook misses for it (`market.rights.conditions`)."""

from collections.abc import Iterable

from django.db import transaction

from market.kernel.errors import Refused
from market.listings.models import Listing
from market.listings.queries import blockers_of
from market.parties.models import Party, User
from market.rights.conditions import actions
from market.rights.conditions.queries import needed_for
from market.rights.rules.conditions import CURES, Kind
from market.rights.rules.rulebook import Blocker


def can_ask(listing: Listing, blockers: Iterable[Blocker]) -> bool:
    """Whether one of the blockers of a listing is what somebody can be asked for and was not."""
    asked = {(one.condition.kind, one.condition.owner.code) for one in needed_for(listing.ref)}
    kinds = {kind for kind, _owner in asked}
    for blocker in blockers:
        kind = CURES.get(blocker.code)
        if (
            (kind, blocker.facts["code"]) not in asked
            if kind == Kind.CO_OWNER
            else kind is not None and kind not in kinds
        ):
            return True
    return False


@transaction.atomic
def ask(listing: Listing, *, by: User) -> None:
    """Ask whoever can give what the listing misses for it; what was asked already stays as it is.

    Refused `party.unverified` while nobody has verified the seller: nobody is written to in a stranger's name.
    """
    if listing.seller.state != Party.State.VERIFIED:
        raise Refused("party.unverified", party=str(listing.seller))
    found = blockers_of(listing)
    mine = listing.seller.memberships.filter(user=by).exists()
    actions.ask(
        listing.right,
        blockers=found,
        opened_for=listing.ref,
        seller=listing.seller,
        asked_by=(None if mine else listing.agency) or listing.seller,
        actor=by.ref,
        price=listing.asking,
    )
