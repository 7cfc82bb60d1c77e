"""Who may see and do what at an auction: the only way a door gets a sale, a lot or a registration."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.crypto import constant_time_compare

from auctions import queries
from auctions.models import Bar, Bid, Bidder, Envelope, Halt, Lot, PackageSale, Record, Review, Sale
from market.documents.access import may_read
from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.access import acting_memberships, acting_party, agency_of, in_role, may_act, require
from market.parties.models import Party, User
from market.parties.queries import agencies

RECORDED = ("sale__agency", "sale__auctioneer", "leader__party", "listing__right")


def sale_for(user: Any, code: str) -> Sale:
    """An announced sale is everybody's; a draft only its agency's."""
    party = acting_party(user)
    return _one(
        Sale.objects.select_related("agency", "auctioneer").filter(~Q(state=Sale.State.DRAFT) | Q(agency=party)), code
    )


def package_for(user: Any, code: str) -> PackageSale:
    """The package bids of a sale that `user` may see; 404 where the sale takes none."""
    sale = sale_for(user, code)
    found = PackageSale.objects.select_related("sale__agency").filter(sale=sale).first()
    if found is None:
        raise Http404
    return found


def lot_for(user: Any, code: str) -> Lot:
    """A lot of an announced sale is everybody's; a draft only its agency's."""
    (lot,) = lots_shown_to([(acting_party(user), code)])
    if lot is None:
        raise Http404
    return lot


def lots_shown_to(asked: Sequence[tuple[Party | None, str]]) -> list[Lot | None]:
    """`lot_for` many readers, each acting for a party and asking for a code, in one question: None for a 404."""
    rows = Lot.objects.select_related("sale", "sale__agency", "listing", "listing__right", "listing__seller", "leader")
    lots = {lot.code: lot for lot in rows.filter(code__in={code for _, code in asked})}
    return [lots[code] if code in lots and _shown(lots[code], party) else None for party, code in asked]


def _shown(lot: Lot, party: Party | None) -> bool:
    return lot.state != Lot.State.DRAFT or (party is not None and lot.sale.agency_id == party.pk)


def bidder_of(user: Any, lot: Lot) -> Bidder | None:
    """The registration of the party `user` acts for, if there is one."""
    (bidder,) = registrations_of([(acting_party(user), lot)])
    return bidder


def registrations_of(asked: Iterable[tuple[Party | None, Lot | None]]) -> list[Bidder | None]:
    """The registration of each party for its lot, if there is one, in one question. Each knows whether it `has_bid`."""
    pairs = [(party.pk if party else 0, lot.pk if lot else 0) for party, lot in asked]
    if not any(party and lot for party, lot in pairs):
        return [None] * len(pairs)
    bids = Bid.objects.filter(bidder=OuterRef("pk"), seq__isnull=False)
    rows = Bidder.objects.filter(party__in={party for party, _ in pairs}, lot__in={lot for _, lot in pairs})
    found = {(row.party_id, row.lot_id): row for row in rows.annotate(has_bid=Exists(bids))}
    return [found.get(pair) for pair in pairs]


def bid_under_key(user: Any, lot: Lot, key: UUID) -> Bid:
    """The bid that the party `user` acts for made on the lot under `key`."""
    bidder = bidder_of(user, lot)
    row = None if bidder is None else Bid.objects.filter(bidder=bidder, key=key).first()
    if row is None:
        raise Http404
    return row


def bidder_for(user: Any, lot_id: int) -> Bidder:
    """The registration under which `user` bids on a lot: of the party acted for, in a role that may act for it.

    Refused `bid.sign_in`, `bid.not_registered`, `role.missing`.
    """
    (found,) = bidders_for([(user, lot_id)])
    if isinstance(found, Refused):
        raise found
    return found


def bidders_for(asked: Sequence[tuple[Any, int]]) -> list[Bidder | Refused]:
    """`bidder_for` of many users, each with a lot: two questions for all."""
    acting = acting_memberships(user for user, _ in asked if _may_bid(user))
    parties, lots = {one.party_id for one in acting.values()}, {lot_id for _, lot_id in asked}
    rows = Bidder.objects.filter(lot__in=lots, party__in=parties)
    registered = {(row.lot_id, row.party_id): row for row in rows}
    found: list[Bidder | Refused] = []
    for user, lot_id in asked:
        membership = acting.get(user.pk) if _may_bid(user) else None
        bidder = registered.get((lot_id, membership.party_id)) if membership else None
        if membership is None or bidder is None:
            found.append(Refused("bid.not_registered" if _may_bid(user) else "bid.sign_in"))
            continue
        try:
            in_role(membership)
            found.append(bidder)
        except Refused as refused:
            found.append(refused)
    return found


def _may_bid(user: Any) -> bool:
    return bool(getattr(user, "is_authenticated", False) and user.is_active)


def own_bid_for(user: Any, code: str, seq: int) -> Bid:
    """The accepted bid `seq` of the lot `code`, if the party `user` acts for made it; for everybody else there is none."""
    rows = Bid.objects.select_related("lot__sale").filter(lot__code=code, seq=seq, bidder__party=acting_party(user))
    bid = rows.first()
    if bid is None:
        raise Http404
    return bid


def own_envelope_for(user: Any, code: str, index: int) -> Envelope:
    """The envelope `index` of the lot `code`, if the party `user` acts for handed it in; else there is none."""
    rows = Envelope.objects.select_related("lot", "bidder").filter(lot__code=code, bidder__party=acting_party(user))
    envelope = rows.filter(index=index).first()
    if envelope is None:
        raise Http404
    return envelope


def users_of_sessions(keys: Collection[str]) -> dict[str, User]:
    """Whose each session is at this moment: nobody's once it ended, the password changed or the account was closed.

    What `django.contrib.auth.get_user` finds for one session, for many in two questions.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore
    rows = store.get_model_class().objects.filter(pk__in=keys, expire_date__gt=clock.now())
    said = {key: store().decode(data) for key, data in rows.values_list("pk", "session_data")}
    named = {key: int(data[SESSION_KEY]) for key, data in said.items() if SESSION_KEY in data}
    users = User.objects.filter(is_active=True).in_bulk({*named.values()})
    return {key: users[pk] for key, pk in named.items() if pk in users and _proves(said[key], users[pk])}


def _proves(said: Mapping[str, Any], user: User) -> bool:
    """Whether a session's data come from a sign-in with the user's present password."""
    proof = said.get(HASH_SESSION_KEY, "")
    good = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    known = said.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
    return known and any(constant_time_compare(proof, one) for one in good)


@dataclass(frozen=True, slots=True)
class Session:
    """A session that was good once: its key, its user, and the user's proof (which changes with the password)."""

    key: str
    user: int
    proof: str = field(repr=False)


def ended(sessions: Collection[Session]) -> set[Session]:
    """Those that no longer hold: signed out, expired, password changed, account closed. Two queries for all."""
    rows = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class().objects
    keys = [session.key for session in sessions]
    alive = set(rows.filter(pk__in=keys, expire_date__gt=clock.now()).values_list("pk", flat=True))
    users = User.objects.filter(is_active=True).in_bulk([session.user for session in sessions])
    proofs = {pk: user.get_session_auth_hash() for pk, user in users.items()}
    return {session for session in sessions if session.key not in alive or proofs.get(session.user) != session.proof}


def desk_sale_for(user: Any, code: str) -> Sale:
    """A sale of the agency `user` acts for."""
    return _one(Sale.objects.select_related("agency", "auctioneer").filter(agency=agency_of(user)), code)


def console_sale_for(user: Any, code: str) -> Sale:
    """A sale that `user` may host: its named auctioneer, or the owners and agents of its agency; 404 for everybody else."""
    sale = _one(Sale.objects.select_related("agency", "auctioneer").exclude(state=Sale.State.DRAFT), code)
    if not (is_desk(user, sale) or (sale.auctioneer is not None and sale.auctioneer.user_id == user.pk)):
        raise Http404
    return cast("Sale", sale)


def paddle_of(lot: Lot, typed: str) -> Bidder:
    """Who holds the paddle that was called in the room. Refused `bid.not_registered`."""
    number = int(typed) if typed.isdecimal() and len(typed) < 6 else 0
    bidder = Bidder.objects.filter(lot=lot, paddle=number).first()
    if bidder is None:
        raise Refused("bid.not_registered")
    return bidder


def is_desk(user: Any, sale: Sale) -> bool:
    """Whether `user` is an owner or agent of the sale's agency."""
    return may_act(user, sale.agency)


def desk_lot_for(user: Any, code: str) -> Lot:
    """A lot of a sale of the agency `user` acts for."""
    return _one(
        Lot.objects.select_related("sale", "listing", "listing__right").filter(sale__agency=agency_of(user)), code
    )


def desk_bidder_for(user: Any, code: str) -> Bidder:
    """A registration for a lot of the agency `user` acts for."""
    bidders = Bidder.objects.select_related("lot", "lot__sale", "lot__listing__right", "party")
    return _one(bidders.filter(lot__sale__agency=agency_of(user)), code)


def fair_play_of(user: Any) -> Party | None:
    """Whose reviews and bars `user` looks at: those of the agency acted for, all (None) for a regulator; 404 for others."""
    party = acting_party(user)
    if party is not None and party.kind == Party.Kind.REGULATOR and party.state == Party.State.VERIFIED:
        return None
    return agency_of(user)


def review_for(user: Any, code: str) -> Review:
    """A review of the agency `user` acts for, any for a regulator."""
    return _one(queries.reviews_of(fair_play_of(user)), code)


def bar_for(user: Any, pk: int) -> Bar:
    """A bar entered at the sales of the agency `user` acts for, any for a regulator."""
    bar = queries.bars_by(fair_play_of(user)).filter(pk=pk).first()
    if bar is None:
        raise Http404
    return bar


def record_of(user: Any, lot: Lot) -> Record | None:
    """The record of a lot's bidding, for the people of agency, seller and buyer, the auctioneer and regulators."""
    rows = Record.objects.select_related("version__document", *(f"lot__{name}" for name in RECORDED))
    record = rows.prefetch_related("signatures__user").filter(lot=lot).first()
    party = acting_party(user)
    if record is None or party is None:
        return None
    oversees = party.kind == Party.Kind.REGULATOR and party.state == Party.State.VERIFIED
    host = record.lot.sale.auctioneer
    named = host is not None and host.user_id == user.pk
    return record if oversees or named or may_read(user, record.version.document) else None


def record_for(user: Any, code: str) -> Record:
    """The same by the lot's code; 404 where there is none for this reader."""
    record = record_of(user, lot_for(user, code))
    if record is None:
        raise Http404
    return record


@dataclass(frozen=True, slots=True)
class Circle:
    """For whom somebody may stop the bidding: the whole platform, or one agency."""

    platform: bool
    agency: Party | None


def halting(user: Any) -> Circle:
    """What `user` may stop: staff everything, an agency's people (in a role that acts for it) their own; 404 for others."""
    if getattr(user, "is_staff", False):
        return Circle(platform=True, agency=None)
    agency = agency_of(user)
    require(user, agency)
    return Circle(platform=False, agency=agency)


def lot_to_stop(circle: Circle, code: str) -> Lot | None:
    """The lot with that code, as typed, if it is in the circle."""
    lots = Lot.objects.select_related("sale__agency").filter(code=code.strip().upper())
    return (lots if circle.platform else lots.filter(sale__agency=circle.agency)).first()


def agency_to_stop(circle: Circle, code: str) -> Party | None:
    """The circle's own agency; for staff the one with that code, as typed."""
    return circle.agency or agencies().filter(code=code.strip().upper()).first()


def halts_of(circle: Circle) -> QuerySet[Halt]:
    """The halts a circle sees, newest first: staff all, an agency its own and those of the platform."""
    rows = Halt.objects.select_related("lot__listing__right", "agency", "by").prefetch_related("releases__by")
    return rows if circle.platform else rows.filter(Q(agency=circle.agency) | Q(scope=Halt.Scope.PLATFORM))


def halt_to_release(user: Any, code: str) -> Halt:
    """A halt that `user` may help to end: what the platform's staff stopped, staff alone; 404 otherwise."""
    circle = halting(user)
    rows = Halt.objects.all() if circle.platform else Halt.objects.filter(agency=circle.agency, by_platform=False)
    return _one(rows, code)


def _one(rows: Any, code: str) -> Any:
    row = rows.filter(code=code).first()
    if row is None:
        raise Http404
    return row
