"""Fair play: what is noted of who comes from where, looked at once a lot is sold, decided by two people; and who is barred.

Nothing here stops a bid. A review holds the settlement of the lot's deal, and only its second decider lets it go.
"""

from collections import Counter, defaultdict
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from auctions import live
from auctions.actions import rules_of
from auctions.engine import hosting
from auctions.models import Bar, Bidder, Event, Lot, Review, Trace
from auctions.rules import fairplay as rules
from market.deals import actions as deals
from market.deals import undoing
from market.deals.models import Deal
from market.kernel import clock
from market.kernel.errors import Conflict, Refused
from market.kernel.money import Money
from market.kernel.states import move
from market.parties import access as parties
from market.parties.models import Membership, Party, User
from market.parties.queries import auctioneers_of
from market.trail import journal

ACTOR = "system:fairplay"
HELD_FOR = "fair_play"
VOID = (
    "经审查宣告无效（拍卖法第三十七条） Void after review, Auction Law 37"  # all that the log and the parties are told
)
EARLIER = 50  # of the seller's lots looked back at
RELATED = 20  # lots shown beside a review
KINDS = (Trace.Kind.NETWORK, Trace.Kind.DEVICE)


def note_trace(lot: Lot, user: User, *, network: str, device: str) -> None:
    """Keep, once each, a keyed digest of the address and of the browser's own mark; an empty one leaves nothing.

    IPv6 is digested by its /64, which is one household's. The digests serve `scene_of` alone.
    """
    if ":" in network:
        network = ":".join(network.split(":")[:4])
    marks = {kind: _digest(kind, value) for kind, value in zip(KINDS, (network, device), strict=True) if value}
    known = set(Trace.objects.filter(lot=lot, user=user, mark__in=marks.values()).values_list("mark", flat=True))
    new = [Trace(lot=lot, user=user, kind=kind, mark=mark) for kind, mark in marks.items() if mark not in known]
    if new:
        Trace.objects.bulk_create(new, ignore_conflicts=True)


def _digest(kind: str, value: str) -> str:
    return salted_hmac(f"auctions.trace.{kind}", value, algorithm="sha256").hexdigest()


def scene_of(lot: Lot, *, defaulted: bool = False) -> rules.Scene:
    """The lot as the rules look at it, once it is over."""
    bidders = list(lot.bidders.exclude(paddle=None).select_related("party").order_by("paddle"))
    hosts = {
        lot.listing.seller_id: (rules.SELLER, lot.listing.seller),
        lot.sale.agency_id: (rules.AGENCY, lot.sale.agency),
    }
    around = {bidder.party_id for bidder in bidders} | hosts.keys()
    people: dict[int, set[int]] = defaultdict(set)
    for user, party in Membership.objects.filter(party__in=around).values_list("user_id", "party_id"):
        people[party].add(user)
    people[lot.sale.agency_id].update(one.user_id for one in auctioneers_of(lot.sale.agency) if one.user_id)
    marks: dict[tuple[int, str], set[str]] = defaultdict(set)
    for user, kind, mark in Trace.objects.filter(lot=lot).values_list("user_id", "kind", "mark"):
        marks[user, kind].add(mark)

    def person(party: Party, role: str, bidder: Bidder | None = None) -> rules.Person:
        seen = {kind: frozenset(mark for user in people[party.pk] for mark in marks[user, kind]) for kind in KINDS}
        return rules.Person(
            code=party.code,
            role=role,
            paddle=bidder.paddle if bidder else None,
            people=frozenset(people[party.pk]),
            bank=_plain(party.bank_account),
            phone=_plain(party.phone),
            address=_plain(party.address),
            networks=seen[Trace.Kind.NETWORK],
            devices=seen[Trace.Kind.DEVICE],
            applied_at=bidder.applied_at if bidder else None,
        )

    everybody = [person(bidder.party, rules.BIDDER, bidder) for bidder in bidders]
    return rules.Scene(
        raises=_raises(lot),
        parties=[*everybody, *(person(party, role) for role, party in hosts.values())],
        register_until=lot.sale.register_until,
        winner=lot.leader.paddle if lot.leader and lot.state == Lot.State.SOLD else None,
        defaulted=defaulted,
        past=_past(lot, {bidder.party_id: bidder.party.code for bidder in bidders}),
    )


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _raises(lot: Lot) -> list[rules.Raise]:
    """The bids of the log, each with the least it could have been."""
    terms, price, made = live.state_of(lot).terms, None, []
    for event in Event.objects.filter(lot=lot, kind="bid").order_by("seq"):
        amount = Money.from_wire(event.payload["amount"]).minor
        step = terms.step(terms.start if price is None else price)
        least = terms.start if price is None else price + step
        made.append(rules.Raise(event.payload["paddle"], amount, least, step, event.at))
        price = amount
    return made


def _past(lot: Lot, codes: dict[int, str]) -> dict[str, rules.Past]:
    """What the lot's bidders did at the seller's latest earlier lots, and the purchases they did not complete."""
    earlier = Lot.objects.filter(listing__seller=lot.listing.seller, state__in=Lot.OVER, pk__lt=lot.pk).order_by("-pk")
    bid_on, won, second = Counter[int](), Counter[int](), Counter[int]()
    pks = list(earlier.values_list("pk", flat=True)[:EARLIER])
    party_of = {(lot_pk, paddle): party for lot_pk, paddle, party in _paddles(pks)}
    order: dict[int, dict[int, None]] = {pk: {} for pk in pks}
    for event in Event.objects.filter(lot__in=pks, kind="bid").order_by("-seq"):
        order[event.lot_id].setdefault(party_of[event.lot_id, event.payload["paddle"]])
    for pk, sold in Lot.objects.filter(pk__in=pks).values_list("pk", "state"):
        highest = list(order[pk])
        bid_on.update(highest)
        won.update(highest[:1] if sold == Lot.State.SOLD else [])
        second.update(highest[1:2])
    broken = Deal.objects.filter(buyer__in=codes, state=Deal.State.DEFAULTED).exclude(origin__startswith=lot.ref)
    defaults = Counter(broken.values_list("buyer_id", flat=True))
    return {code: rules.Past(bid_on[pk], won[pk], second[pk], defaults[pk]) for pk, code in codes.items()}


def _paddles(pks: list[int]) -> QuerySet[Bidder, tuple[int, int | None, int]]:
    return Bidder.objects.filter(lot__in=pks).exclude(paddle=None).values_list("lot_id", "paddle", "party_id")


@transaction.atomic
def review_lot(lot: Lot, *, defaulted: bool = False) -> Review | None:
    """Look at a sold lot; open a review and hold its settlement where the rules ask for it [review.opened].

    Again: the same review, with what is found now while it is open. None where nothing asks for one.
    """
    found = rules.examine(scene_of(lot, defaulted=defaulted))
    review = Review.objects.select_for_update(of=("self",)).filter(lot=lot).first()
    if review is None and not rules.asks_review(found):
        return None
    data = {"findings": [finding.as_data() for finding in found], "points": rules.points(found)}
    if review is not None:
        Review.objects.filter(pk=review.pk, state=Review.State.OPEN, points__lt=data["points"]).update(**data)
        return review
    review = Review.objects.create(lot=lot, **data)
    for deal in live.deals_of(lot):
        deals.hold(deal, ref=review.ref, reason=HELD_FOR, actor=ACTOR)
    _tell("review.opened", review, ACTOR)
    return review


@transaction.atomic
def propose(*, review: Review, outcome: str, reason: str, by: User) -> Review:
    """Say what a review should end with, and why; another person decides [review.proposed].

    Refused `review.decided`, `review.outcome`, `review.reason_missing`, `role.missing`; 404 for strangers.
    """
    review = _to_decide(review, by)
    if outcome not in Review.OUTCOMES:
        raise Refused("review.outcome")
    if not reason.strip():
        raise Refused("review.reason_missing")
    said = {"proposed": outcome, "reason": reason.strip(), "proposed_by": by, "proposed_at": clock.now()}
    Review.objects.filter(pk=review.pk).update(**said)
    review.refresh_from_db()
    _tell("review.proposed", review, by.ref)
    return review


@transaction.atomic
def agree(*, review: Review, outcome_seen: str, by: User) -> Review:
    """End a review as somebody else proposed [review.cleared, review.upheld]; cleared, the settlement may go on.

    Upheld, lot and deals are annulled (拍卖法 37) and the escrow goes back to the buyer; where title has passed it goes back
    first. Once the escrow was shared out nothing is annulled here: the record stays.

    Refused `review.decided`, `review.second_person` for whoever proposed it, `role.missing`; Conflict `review.changed` when
    another outcome is proposed than the one seen; 404 for strangers.
    """
    review = _to_decide(review, by)
    if not review.proposed or review.proposed != outcome_seen:
        raise Conflict("review.changed")
    if review.proposed_by_id == by.pk:
        raise Refused("review.second_person")
    move(review, review.proposed, decided_by=by, decided_at=clock.now())
    concluded = list(live.deals_of(review.lot))
    if review.state == Review.State.CLEARED:
        for deal in concluded:
            deals.release_hold(deal, ref=review.ref, actor=by.ref)
    elif all(undoing.may_annul(deal) for deal in concluded):
        hosting.annul(review.lot, reason=VOID)
        for deal in concluded:
            undoing.annul(deal, reason=VOID, actor=by.ref)
    _tell(f"review.{review.state}", review, by.ref)
    return review


def _to_decide(review: Review, by: User) -> Review:
    """The review, locked and still open, for a person of its agency or of a regulator."""
    rows = Review.objects.select_for_update(of=("self",)).select_related("lot__sale__agency", "lot__listing__right")
    review = rows.get(pk=review.pk)
    acting = parties.acting_party(by)
    watches = acting is not None and acting.kind == Party.Kind.REGULATOR and acting.state == Party.State.VERIFIED
    parties.require(by, acting if acting is not None and watches else review.lot.sale.agency)
    if review.state != Review.State.OPEN:
        raise Refused("review.decided")
    return review


def _tell(name: str, review: Review, actor: str) -> None:
    """Tell the agency and the regulators; never the parties it is about."""
    watching = Party.objects.filter(kind=Party.Kind.REGULATOR, state=Party.State.VERIFIED)
    audience = {review.lot.sale.agency.ref, *(party.ref for party in watching)}
    lot = review.lot
    data = {"lot": lot.code, **lot.listing.right.named}
    journal.record(name, subject=review.ref, actor=actor, audience=audience, **data)


def related_lots(review: Review) -> QuerySet[Lot]:
    """The other lots at which parties of the findings met this seller or one another, latest first."""
    paddles = {paddle for finding in review.findings for paddle in finding["facts"]["paddles"]}
    found = Bidder.objects.filter(lot=review.lot, paddle__in=paddles).values("party")
    near = Bidder.objects.filter(party__in=found).exclude(paddle=None).values("lot")
    rows = Lot.objects.filter(pk__in=near).exclude(pk=review.lot_id).select_related("sale", "listing__right", "leader")
    return rows.order_by("-pk")[:RELATED]


@transaction.atomic
def bar_defaulter(deal: Deal) -> None:
    """The buyer in default may not bid for that right again, nor for a while at the agency's sales [bar.entered].

    法释〔2016〕18号 24; how long, the sale's rule set says. Only for deals a lot made. Again: nothing more.
    """
    lot = Lot.objects.select_related("sale").filter(code=deal.concluded_at.removeprefix("lot:")).first()
    if lot is None or deal.state != Deal.State.DEFAULTED:
        return
    today, days = clock.today(), rules_of(lot.sale).ban_days
    until = today + timedelta(days=days) if days else None
    said = {"party": deal.buyer, "since": today}
    _bar, new = Bar.objects.get_or_create(deal=deal, right=deal.right, defaults=said)
    if until is not None:
        Bar.objects.get_or_create(deal=deal, agency=deal.agency, defaults={**said, "until": until})
    if new:
        data = {"deal": deal.code, **deal.right.named}
        audience = [deal.buyer.ref, deal.agency.ref]
        day = until.isoformat() if until else None
        journal.record("bar.entered", subject=deal.ref, actor=ACTOR, audience=audience, until=day, **data)


@transaction.atomic
def lift_bar(*, bar: Bar, appeal: str, by: User) -> Bar:
    """Take a bar back after an appeal, saying why [bar.lifted]. Refused `review.reason_missing`; again: nothing more."""
    bar = Bar.objects.select_for_update(of=("self",)).get(pk=bar.pk)
    deal = Deal.objects.select_related("agency", "buyer", "right").get(pk=bar.deal_id)
    parties.require(by, deal.agency)
    if bar.lifted_at is not None:
        return bar
    if not appeal.strip():
        raise Refused("review.reason_missing")
    Bar.objects.filter(pk=bar.pk).update(lifted_at=clock.now(), lifted_by=by, appeal=appeal.strip())
    bar.refresh_from_db()
    data = {"deal": deal.code, **deal.right.named}
    audience = [deal.buyer.ref, deal.agency.ref]
    journal.record("bar.lifted", subject=deal.ref, actor=by.ref, audience=audience, reason=bar.appeal, **data)
    return bar
