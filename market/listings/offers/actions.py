"""Writes about offers: made, countered, changed, taken back, declined, accepted, seen, expired.

Every write holds the listing's row first, then the negotiation's: two acceptances of one listing, an acceptance and its
offer's end, wait for each other. What decides is the database's clock, read after the lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.listings import actions as listings
from market.listings.models import Listing
from market.listings.offers import queries, rows, rules
from market.listings.offers.ending import close_all, expire
from market.listings.offers.models import Floor, Negotiation, Offer
from market.listings.queries import blockers_of
from market.parties.access import require
from market.parties.models import Party, User


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one side proposes: the sum, the terms (JSON), a message, for how many hours it binds; `key` is its maker's own."""

    amount: Money
    valid_h: int
    key: UUID
    terms: Mapping[str, Any]
    message: str = ""


@transaction.atomic
def make(listing: Listing, proposal: Proposal, *, buyer: Party, by: User) -> Offer:
    """Begin a negotiation with a binding offer of `buyer` [offer.made -> seller]; the same key again: the first offer.

    Below the seller's floor it is declined at once, with the fact, the state and the words of a person's no. What keeps
    the floor from being felt for is not that moment, which anybody can see, but its price: an offer binds, the next must
    be higher than what was declined (`rules.check_first`), an unseen one may only rise (`rules.check_next`), and the rule
    set counts the tries. So nobody learns more of it than one bid at a time can tell, and never from above.

    404 for strangers of `buyer`; Refused `role.missing`, `party.unverified`, `offer.open_already`, `offer.validity`,
    `offer.currency`, `offer.key_reused`, and as `queries.terms_for` and `rules.check_first`.
    """
    require(by, buyer)
    if buyer.state != Party.State.VERIFIED:
        raise Refused("party.unverified", party=buyer.name)
    listing = rows.held(listing.pk)
    if known := _known(buyer, proposal):
        return known
    now = clock.database_now()
    ruleset, invited = queries.terms_for(listing, buyer, now)
    if opened := queries.open_of(listing, buyer):
        raise Refused("offer.open_already", negotiation=opened.code)
    if proposal.amount.currency != listing.currency:
        raise Refused("offer.currency", currency=listing.currency)
    declined, tries = queries.tried(listing, buyer, now - timedelta(days=ruleset.tries_days))
    rules.check_first(ruleset, proposal.amount, asking=listing.asking, declined=declined, tries=tries)
    ends = _end_of(ruleset, proposal, now, invited.ends_at if invited else None)
    negotiation = Negotiation.objects.create(
        listing=listing, buyer=buyer, round=invited, rules=ruleset.as_data(), opened_at=now, expires_at=ends
    )
    offer = _put(negotiation, proposal, rules.BUYER, by, now, ends)
    _heed_floor(negotiation, offer, "offer.made", by)
    return offer


@transaction.atomic
def counter(negotiation: Negotiation, proposal: Proposal, *, party: Party, by: User, seen: str) -> Offer:
    """Answer the version whose hash is `seen` with an offer of one's own, which ends it (民法典 488) [offer.countered ->
    the other side]. The same key again: the first offer.

    404 for strangers; Refused `role.missing`, `offer.validity`, as `rules.check` and `rules.check_next`, Conflict
    `offer.changed`.
    """
    held = _opened(negotiation, party, by)
    if known := _known(party, proposal):
        return known
    now = held.check(rules.COUNTER, seen)
    before = held.standing
    rules.check_next(
        rules.COUNTER, held.rules, held.side, proposal.amount, dict(proposal.terms), (before.amount, before.terms)
    )
    _note_seen(held, now)
    offer = _put(held.row, proposal, held.side, by, now, held.end_of(proposal, now), number=before.number + 1)
    _heed_floor(held.row, offer, "offer.countered", by)
    return offer


@transaction.atomic
def change(negotiation: Negotiation, proposal: Proposal, *, party: Party, by: User) -> Offer:
    """Replace one's own offer while the other side has not seen it [offer.changed -> the other side]; the one before stays
    on record. The same key again: the first one. Refused as `counter`, and `offer.seen`."""
    held = _opened(negotiation, party, by)
    if known := _known(party, proposal):
        return known
    now, before = held.check(rules.CHANGE), held.standing
    rules.check_next(
        rules.CHANGE, held.rules, held.side, proposal.amount, dict(proposal.terms), (before.amount, before.terms)
    )
    offer = _put(
        held.row,
        proposal,
        held.side,
        by,
        now,
        held.end_of(proposal, now),
        number=before.number,
        edition=before.edition + 1,
    )
    _heed_floor(held.row, offer, "offer.changed", by)
    return offer


@transaction.atomic
def withdraw(negotiation: Negotiation, *, party: Party, by: User) -> Negotiation:
    """Take one's own offer back before the other side has seen it (民法典 475, 141), or where the rule set lets it be
    revoked [offer.withdrawn -> the other side]. Again: nothing more. Refused as `rules.check`."""
    held = _opened(negotiation, party, by)
    if held.row.state == Negotiation.State.WITHDRAWN and held.standing.side == held.side:
        return held.row
    held.check(rules.WITHDRAW)
    return rows.end(held.row, Negotiation.State.WITHDRAWN, "offer.withdrawn", by.ref, [held.other.ref])


@transaction.atomic
def decline(negotiation: Negotiation, *, party: Party, by: User, seen: str, reason: str = "") -> Negotiation:
    """Say no to the version whose hash is `seen`, for the `reason` the other side reads [offer.declined -> the other
    side]. Again: nothing more. Refused and Conflict as `rules.check`."""
    held = _opened(negotiation, party, by)
    if held.row.state == Negotiation.State.DECLINED and held.standing.sha256 == seen:
        return held.row
    now = held.check(rules.DECLINE, seen)
    _note_seen(held, now)
    told = [held.other.ref]
    return rows.end(held.row, Negotiation.State.DECLINED, "offer.declined", by.ref, told, reason=reason.strip()[:300])


@transaction.atomic
def accept(negotiation: Negotiation, *, party: Party, by: User, seen: str) -> Negotiation:
    """Accept the version whose hash is `seen`: the contract is concluded (民法典 483) [offer.accepted -> buyer, seller,
    agency], the listing is under offer, and whoever else negotiates about it is told [offer.closed].

    Nothing in the market accepts for anybody. Again by the same side: nothing more. 404 for strangers; Refused
    `role.missing`, `offer.not_on_offer`, `listing.blocked` while the law bars the transfer, as `rules.check`; Conflict
    `offer.changed`.
    """
    held = _opened(negotiation, party, by)
    if held.row.state == Negotiation.State.ACCEPTED and (held.standing.sha256, held.standing.side) == (
        seen,
        rules.OTHER[held.side],
    ):
        return held.row
    now = held.check(rules.ACCEPT, seen)
    listing = held.row.listing
    if listing.state != Listing.State.PUBLISHED:
        raise Refused("offer.not_on_offer")
    if bars := [blocker for blocker in blockers_of(listing) if blocker.red]:
        raise Refused("listing.blocked", number=listing.right.number, blockers=bars)
    _note_seen(held, now)
    everybody = [party.ref for party in (held.row.buyer, listing.seller, listing.agency) if party is not None]
    accepted = rows.end(held.row, Negotiation.State.ACCEPTED, "offer.accepted", by.ref, everybody)
    listings.take_offer(listing, actor=by.ref)
    close_all(listing, reason="accepted")
    return accepted


@transaction.atomic
def note_seen(negotiation: Negotiation, *, party: Party, by: User) -> Negotiation:
    """Somebody who acts for `party` opened the page: end an offer whose time is up, and note when the other side's offer
    was first seen [offer.seen], from when on it cannot be changed (民法典 137, 475). The negotiation as it is now; 404 for
    strangers, Refused `role.missing`."""
    if negotiation.state != Negotiation.State.OPEN:
        return negotiation
    held = _opened(negotiation, party, by)
    now = clock.database_now()
    if held.row.state == Negotiation.State.OPEN and now >= held.row.expires_at:
        return expire(held.row)
    if held.row.state == Negotiation.State.OPEN and held.standing.side != held.side:
        _note_seen(held, now)
    return held.row


@transaction.atomic
def set_floor(listing: Listing, *, floor: Money | None, by: User) -> None:
    """Keep below what offers are declined at once, or nothing; the sum goes to its own table and to no fact. What stands
    already is not touched. 404 for strangers; Refused `role.missing`, `offer.currency`."""
    require(by, listing.seller)
    listing = rows.held(listing.pk)
    if floor is None:
        Floor.objects.filter(listing=listing).delete()
        return
    if floor.currency != listing.currency:
        raise Refused("offer.currency", currency=listing.currency)
    said = {"amount_minor": floor.minor, "currency": floor.currency}
    Floor.objects.update_or_create(listing=listing, defaults=said)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A negotiation we hold, seen from one side."""

    row: Negotiation
    side: str

    @property
    def standing(self) -> Offer:
        offer = self.row.standing
        if offer is None:
            raise AssertionError(f"{self.row} has no offer")
        return offer

    @property
    def rules(self) -> rules.RuleSet:
        return rules.RuleSet.from_data(self.row.rules)

    @property
    def other(self) -> Party:
        return self.row.listing.seller if self.side == rules.BUYER else self.row.buyer

    def check(self, verb: str, seen: str = "") -> datetime:
        """The present moment, if `verb` may be done at it."""
        now = clock.database_now()
        rules.check(verb, queries.standing_of(self.row), self.rules, self.side, now, seen)
        return now

    def end_of(self, proposal: Proposal, now: datetime) -> datetime:
        return _end_of(self.rules, proposal, now, self.row.round.ends_at if self.row.round else None)


def _opened(negotiation: Negotiation, party: Party, by: User) -> _Opened:
    """The negotiation as it is now, held, from the side of `party`. 404 for strangers; Refused `role.missing`."""
    require(by, party)
    row = rows.row_of(negotiation.pk, rows.held(negotiation.listing_id))
    return _Opened(row, queries.side_of(row, party))


def _known(party: Party, proposal: Proposal) -> Offer | None:
    """The offer `party` made under this key. Refused `offer.key_reused` when it said something else."""
    known = Offer.objects.filter(party=party, key=proposal.key).select_related("negotiation").first()
    if known and (known.amount, known.terms, known.message) != (
        proposal.amount,
        dict(proposal.terms),
        proposal.message.strip(),
    ):
        raise Refused("offer.key_reused")
    return known


def _end_of(ruleset: rules.RuleSet, proposal: Proposal, now: datetime, latest: datetime | None) -> datetime:
    """When the proposal's time is up; an offer of a private round ends with it at the latest. Refused `offer.validity`."""
    rules.check_valid(ruleset, proposal.valid_h)
    ends = now + timedelta(hours=proposal.valid_h)
    return min(ends, latest) if latest else ends


def _put(
    negotiation: Negotiation,
    proposal: Proposal,
    side: str,
    by: User,
    now: datetime,
    ends: datetime,
    *,
    number: int = 1,
    edition: int = 1,
) -> Offer:
    """Write the version and let it stand. Refused as `rules.check_amount`."""
    rules.check_amount(proposal.amount, negotiation.listing.mode)
    party = negotiation.buyer if side == rules.BUYER else negotiation.listing.seller
    offer = Offer(
        negotiation=negotiation,
        number=number,
        edition=edition,
        side=side,
        party=party,
        key=proposal.key,
        currency=proposal.amount.currency,
        amount_minor=proposal.amount.minor,
        terms=dict(proposal.terms),
        message=proposal.message.strip(),
        made_at=now,
        made_by=by,
        expires_at=ends,
    )
    offer.sha256 = rules.digest(queries.content(offer))
    offer.save()
    negotiation.standing, negotiation.expires_at = offer, ends
    negotiation.save(update_fields=["standing", "expires_at"])
    return offer


def _heed_floor(negotiation: Negotiation, offer: Offer, fact: str, by: User) -> None:
    """Tell the other side of the offer, or decline it for the seller at once; a seller's own offer has no floor."""
    listing, ruleset = negotiation.listing, rules.RuleSet.from_data(negotiation.rules)
    theirs = offer.side == rules.BUYER
    floor = Floor.objects.filter(listing=listing).first() if theirs else None
    below = rules.is_below(floor.amount if floor else None, offer.amount, ruleset)
    told = listing.seller.ref if theirs else negotiation.buyer.ref
    rows.record(fact, negotiation, by.ref, [] if below else [told])
    if below:
        rows.end(negotiation, Negotiation.State.DECLINED, "offer.declined", rows.ACTOR, [negotiation.buyer.ref])


def _note_seen(held: _Opened, now: datetime) -> None:
    """Note that the other side's standing offer was seen, once."""
    if Offer.objects.filter(pk=held.standing.pk, seen_at=None).update(seen_at=now):
        held.standing.seen_at = now
        rows.record("offer.seen", held.row, rows.ACTOR, [])
