"""Reads of a lot while it is bid on and ever after: its state, its public log, its history. No lock, no decision."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from itertools import zip_longest
from operator import or_

from django.db.models import Q

from auctions.models import Bid, Bidder, Event, Lot
from auctions.rules import chain, ways
from auctions.rules.chain import Json, stamp
from auctions.rules.lot import LotState, Terms
from auctions.rules.presets import preset
from auctions.rules.receipts import Place
from auctions.rules.replay import Broken, log_of
from auctions.rules.standing import Reader
from market.deals.models import Deal
from market.kernel.money import Money
from market.parties.models import Party

logger = logging.getLogger(__name__)

LAST = 20  # bids a state shows
LATEST = 30  # events in which most states find all they show
KEPT = 2_000  # lots whose latest events one `Latest` keeps
TAKEN = ("bid", "sealed")  # the events of accepted bids; a standing maximum's and a closed envelope's have no bid kept
PLAIN = frozenset({Bid.Kind.EXACT, Bid.Kind.FLOOR})  # bids whose amount is the one everybody sees
SAID = frozenset({"warning", "held", "resumed", "notice", "handover", "hammer"})  # the host's own words
MOST = 200  # events one resume returns; who missed more starts from the state


def state_of(lot: Lot) -> LotState:
    """The row as the rules see it. Needs `lot.sale` and `lot.leader`."""
    rules = lot.sale.rules or preset(lot.sale.ruleset).as_data()
    terms = Terms(
        lot=lot.code,
        currency=lot.currency,
        start=lot.start_minor,
        increments=tuple((since, step) for since, step in lot.increments),
        opens_at=lot.opens_at,
        hard_ends_at=lot.hard_ends_at,
        has_reserve=lot.has_reserve,
        show_reserve_met=rules["show_reserve_met"],
        ruleset=f"{rules['name']}/{rules['version']}",
        extension_window_s=rules["extension_window_s"],
        one_bidder_suffices=rules["one_bidder_suffices"],
        leader_may_raise=rules["leader_may_raise"],
        format=lot.format,
        params=lot.params,
        # A rule set stored before it named its formats was bid under without matching, whatever it says.
        priority_match=rules["priority_match"] and "formats" in rules,
        priority_window_s=rules.get("priority_window_s", 0) if lot.format == Lot.Format.FREE_THEN_TIMED else 0,
    )
    return LotState(
        terms=terms,
        phase=lot.state,
        ends_at=lot.ends_at,
        seq=lot.seq,
        head=lot.head,
        price=lot.price_minor,
        leader=lot.leader.paddle if lot.leader else None,
        bids=lot.bids_count,
        extensions=lot.extensions,
        reserve_met=lot.reserve_met,
        public=lot.public,
        secret=lot.secret,
    )


def heads(lot_ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """The seq and state of each lot: one small query that tells whether anything was missed."""
    rows = Lot.objects.filter(pk__in=list(lot_ids)).values_list("pk", "seq", "state")
    return {pk: (seq, state) for pk, seq, state in rows}


class Latest:
    """The last `LATEST` events of each lot, latest first. What was read once is kept: a log only ever grows."""

    def __init__(self) -> None:
        self._kept: dict[int, list[chain.Event]] = {}

    def add(self, lot_id: int, events: Sequence[chain.Event]) -> bool:
        """Keep what was decided a moment ago, where it follows what is kept; whether it does."""
        kept = self._kept.get(lot_id)
        if kept is None or events[0].seq != (kept[0].seq if kept else 0) + 1:
            return False
        self._kept[lot_id] = [*reversed(events), *kept][:LATEST]
        return True

    def message(self, lot_id: int, state: LotState) -> Json | None:
        """The one of `public_states` of a lot in `state`, without a reading; None where what is kept does not suffice."""
        latest = self._kept.get(lot_id, [])
        if (latest[0].seq if latest else 0) != state.seq or not _suffices(state.seq, latest):
            return None
        return _message(state, latest, _bids_of(latest))

    def of(self, lots: Sequence[Lot]) -> dict[int, list[chain.Event]]:
        """Those up to the `seq` of each row, of all lots in one question."""
        known = {lot.pk: [event for event in self._kept.get(lot.pk, ()) if event.seq <= lot.seq] for lot in lots}
        since = {lot.pk: max(lot.seq - LATEST, known[lot.pk][0].seq if known[lot.pk] else 0) for lot in lots}
        wanted = [Q(lot=lot.pk, seq__gt=since[lot.pk], seq__lte=lot.seq) for lot in lots if since[lot.pk] < lot.seq]
        news: dict[int, list[chain.Event]] = {lot.pk: [] for lot in lots}
        for event in Event.objects.filter(reduce(or_, wanted)).order_by("-seq") if wanted else ():
            news[event.lot_id].append(as_public(event))
        found = {lot.pk: [*news[lot.pk], *known[lot.pk]][:LATEST] for lot in lots}
        for lot_id, events in found.items():
            self._kept.pop(lot_id, None)
            self._kept[lot_id] = events
        for lot_id in [*self._kept][:-KEPT]:  # those asked for longest ago
            del self._kept[lot_id]
        return found


def public_states(lot_ids: Iterable[int], latest: Latest | None = None) -> dict[int, Json]:
    """Everything the public may know of the bidding on each lot, as the one message its watchers get. Paddles, never
    identities. Two queries, however many lots; one more for a lot on which much else than bids happened last. Who asks
    again and again hands in the same `latest`.

    A lot of which no message can be made is left out, so that the others' watchers are told all the same."""
    lots = list(Lot.objects.select_related("sale", "leader").filter(pk__in=list(lot_ids)))
    events = (latest or Latest()).of(lots)
    told: dict[int, Json] = {}
    for lot in lots:
        try:
            told[lot.pk] = _message_of(lot, events[lot.pk])
        except Exception:
            logger.exception("the state of lot %s could not be told", lot.code)
    return told


def state_message(lot: Lot) -> Json:
    """The one of `public_states` for a row in hand."""
    return _message_of(lot, Latest().of([lot])[lot.pk])


def _message_of(lot: Lot, latest: Sequence[chain.Event]) -> Json:
    """The message of a row; of a lot with few bids among its latest events they are looked up."""
    bids = _bids_of(latest)
    if not _suffices(lot.seq, latest):
        found = Event.objects.filter(lot=lot, kind="bid", seq__lte=lot.seq).order_by("-seq")[:LAST]
        bids = [as_public(event) for event in found]
    return _message(state_of(lot), latest, bids)


def _bids_of(latest: Sequence[chain.Event]) -> list[chain.Event]:
    """The last `LAST` accepted bids, as far as they are among the latest events."""
    return [event for event in latest if event.kind == "bid"][:LAST]


def _suffices(seq: int, latest: Sequence[chain.Event]) -> bool:
    """Whether the last `LAST` accepted bids up to `seq`, or all there are, are among the latest events."""
    return seq <= LATEST or len(_bids_of(latest)) == LAST


def _message(state: LotState, latest: Sequence[chain.Event], bids: Sequence[chain.Event]) -> Json:
    money = state.terms.money
    return {
        "type": "state",
        "lot": state.terms.lot,
        "seq": state.seq,
        "head": state.head,
        "phase": state.phase,
        "price": None if state.price is None else money(state.price).wire(),
        "format": ways.known(state),
        "minimum": money(state.minimum).wire(),
        "step": money(state.step).wire(),
        "leader": state.leader,
        "bids": state.bids,
        "opens_at": stamp(state.terms.opens_at),
        "ends_at": stamp(state.ends_at),
        "extensions": state.extensions,
        "reserve": reserve_word(state),
        "outcome": _outcome(state.phase, latest),
        "said": _said_now(state.phase, latest),
        "last": [{"seq": bid.seq, "at": stamp(bid.at), **bid.payload} for bid in bids],
    }


def _said_now(phase: str, latest: Sequence[chain.Event]) -> Json | None:
    """What the host said last while the lot is bid on or held, as the room shows it; None when a bid has come since."""
    event = _said_last(latest) if phase in {*Lot.BIDDING, Lot.State.SUSPENDED} else None
    if event is None:
        return None
    known: Json = {
        name: event.payload[name] for name in ("count", "text", "reason", "operator") if name in event.payload
    }
    return {"seq": event.seq, "kind": event.kind, **known}


def reserve_word(state: LotState) -> str:
    """What the public may know of the reserve: "none", "secret" (there is one), or "met" and "unmet" where told, which it
    is not of sealed bids."""
    if not state.terms.has_reserve:
        return "none"
    if not state.terms.show_reserve_met or state.terms.format in ways.SEALED:
        return "secret"
    return "met" if state.reserve_met else "unmet"


def outcome(lot: Lot) -> str:
    """Why a lot passed in ("no_bids", "below_reserve", "one_bidder", "allocation"); empty for every other."""
    return _outcome(lot.state, Latest().of([lot])[lot.pk])


def _outcome(phase: str, latest: Sequence[chain.Event]) -> str:
    return str(latest[0].payload.get("reason", "")) if phase == Lot.State.PASSED_IN and latest else ""


def events_after(lot_id: int, seq: int) -> list[Json]:
    """At most `MOST` events after `seq`, in order, as the log writes them."""
    return [as_public(event).record() for event in Event.objects.filter(lot=lot_id, seq__gt=seq).order_by("seq")[:MOST]]


def place_of(bid: Bid, lot: Lot) -> Place | None:
    """Where a kept bid stands in the chain of its lot as `lot` was read; None for a refused one."""
    if bid.seq is None:
        return None
    return Place(lot.code, bid.seq, Event.objects.get(lot=lot, seq=bid.seq).hash, lot.seq, lot.head)


def as_public(event: Event) -> chain.Event:
    """A stored event as the rules know it; its hash is what was stored, not computed."""
    return chain.Event(event.seq, event.kind, event.at, event.payload, event.prev, event.hash)


def log(lot: Lot) -> Json:
    """The whole public log of a lot, which anybody may replay and verify."""
    return log_of(lot.code, lot.head, [as_public(event) for event in Event.objects.filter(lot=lot).order_by("seq")])


def log_of_code(code: str) -> Json:
    """The log of the lot with that code, for the verifier at a console. ValueError if there is none."""
    return log(_lot(code))


def check_rows(code: str, state: LotState) -> None:
    """That the lot's row is what its log adds up to, and its accepted bids are the log's. Broken otherwise."""
    lot = _lot(code)
    if replace(state_of(lot), secret={}) != state:
        raise Broken(state.seq, "the lot's row is not what its log adds up to")
    kept = Bid.objects.filter(lot=lot, seq__isnull=False).select_related("bidder").order_by("seq")
    rows = [(bid.seq, bid.bidder.paddle, bid.amount.wire() if bid.kind in PLAIN else None) for bid in kept]
    hidden = {bid.seq for bid in kept if bid.kind not in PLAIN}
    events = Event.objects.filter(lot=lot, kind__in=TAKEN).order_by("seq")
    bids = [event for event in events if not {"auto", "commitment"} & event.payload.keys()]
    logged = [(e.seq, e.payload["paddle"], None if e.seq in hidden else e.payload["amount"]) for e in bids]
    wrong = next((pair for pair in zip_longest(rows, logged) if pair[0] != pair[1]), None)
    if wrong is not None:
        at = next(pair[0] for pair in reversed(wrong) if pair is not None)
        raise Broken(at or 0, "the bid kept is not the bid in the log")


def _lot(code: str) -> Lot:
    lot = Lot.objects.select_related("sale", "leader").filter(code=code).first()
    if lot is None:
        raise ValueError(f"there is no lot {code}")
    return lot


def history(lot: Lot, *, before: int | None = None, limit: int | None = None) -> list[Json]:
    """Accepted bids, latest first, as {seq, at, paddle, amount}; `before` a seq, at most `limit`."""
    found = Event.objects.filter(lot=lot, kind="bid").order_by("-seq")
    if before is not None:
        found = found.filter(seq__lt=before)
    return [
        {"seq": e.seq, "at": e.at, "paddle": e.payload["paddle"], "amount": Money.from_wire(e.payload["amount"])}
        for e in (found if limit is None else found[:limit])
    ]


def proceedings(lot: Lot, *, limit: int) -> tuple[list[Event], list[Bid], set[int | None]]:
    """What happened at a lot, latest first: its events, the bids refused, and which events were bids called in the room."""
    events = list(Event.objects.filter(lot=lot).order_by("-seq")[:limit])
    refused = list(Bid.objects.filter(lot=lot).exclude(code="").select_related("bidder").order_by("-pk")[:limit])
    called = Bid.objects.filter(lot=lot, kind=Bid.Kind.FLOOR, code="").values_list("seq", flat=True)
    return events, refused, set(called)


def last_said(lot: Lot) -> chain.Event | None:
    """What the host said last, among the latest events; a bid after a warning or a notice takes its words away."""
    return _said_last(Latest().of([lot])[lot.pk])


def _said_last(latest: Sequence[chain.Event]) -> chain.Event | None:
    telling = (event for event in latest if event.kind in SAID or event.kind == "bid")
    event = next(telling, None)
    return event if event is not None and event.kind in SAID else None


def reader_of(lot: Lot, bidder: Bidder | None, party: Party | None, now: datetime) -> Reader:
    """What the standing needs to know of who reads for `party`, whose `bidder` is (`access.registrations_of`); who cannot
    register (any more) only watches."""
    if bidder is None:
        registering = lot.state == Lot.State.NOTICED and now <= lot.sale.register_until
        barred = party is None or party.pk in (lot.listing.seller_id, lot.sale.agency_id)
        return Reader(step="none" if registering and not barred else "observer")
    has_bid: bool = bidder.has_bid  # type: ignore[attr-defined]
    return Reader(step=bidder.state, paddle=bidder.paddle, has_bid=has_bid)


def own_answers(bidder: Bidder | None, *, limit: int = 10) -> list[Bid]:
    """The bidder's own latest bids, accepted or refused, for nobody else's eyes."""
    return [] if bidder is None else list(Bid.objects.filter(bidder=bidder).order_by("-pk")[:limit])


def own_maximum(bidder: Bidder | None) -> Money | None:
    """The most the bidder said it would pay, for nobody else's eyes; None if it never named a maximum."""
    own = [] if bidder is None else Bid.objects.filter(bidder=bidder, kind=Bid.Kind.PROXY, code="")
    return max((bid.amount for bid in own), default=None)


def deals_of(lot: Lot) -> list[Deal]:
    """The deals the hammer opened: one, or of several licences one with each winner."""
    shares = Q(origin=lot.ref) | Q(origin__startswith=f"{lot.ref}#")
    return list(Deal.objects.filter(shares).order_by("pk"))


def deal_with(bidder: Bidder) -> Deal | None:
    """The deal the hammer opened with this bidder."""
    return Deal.objects.filter(origin=bidder.origin, buyer=bidder.party_id).first()


def won_by(lot: Lot) -> dict[int, int]:
    """The paddles that got the lot, each with how many units of it; of a lot that is not sold none."""
    if lot.state != Lot.State.SOLD:
        return {}
    alone = [(lot.leader.paddle, 1)] if lot.leader and lot.leader.paddle else []
    return dict(lot.public.get("allotments", alone))


def co_owners(lot: Lot) -> int:
    """How many hold the right together (who may have a right of first refusal, 民法典 305, 860); 0 for a sole holder."""
    holders = lot.listing.right.titles.filter(until=None).count()
    return holders if holders > 1 else 0


def registered(lot: Lot) -> int:
    """How many parties put themselves forward and were not turned down."""
    return lot.bidders.exclude(state=Bidder.State.REJECTED).count()
