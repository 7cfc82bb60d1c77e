"""The doors of one lot, at one address from notice to result: page, bid, state, history, and the log for verifying."""

import csv
import logging
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from auctions import access, engine, live, protocol, queries, wire
from auctions.defaults.queries import chain_of
from auctions.forms import BidForm
from auctions.models import Bidder, Lot
from auctions.rules import ways
from auctions.rules.chain import Json, stamp
from auctions.rules.formats import EXTENDED
from auctions.rules.receipts import retention
from auctions.rules.standing import Reader, standing
from auctions.views import presence, words
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.formats import HAN_UNITS, when
from market.kernel.money import EXPONENTS, SYMBOLS, Money
from market.kernel.words import sentence
from market.listings.fees.rules import fee

logger = logging.getLogger(__name__)

PAGE = 100
QUICK = (1, 2, 5)  # increments above the price
TYPED = frozenset({"proxy", "sealed", "best", "units"})
MAY_BID = ("ready", "window", "outbid")  # standings
# Formats in which no bid is a step above another.
STEPLESS = frozenset({"sealed_first", "sealed_second", "envelope", "dutch", "hybrid", "uniform", "package"})
STATUS = {
    "bid.sign_in": HTTPStatus.UNAUTHORIZED,
    "role.missing": HTTPStatus.FORBIDDEN,
    "bid.too_fast": HTTPStatus.TOO_MANY_REQUESTS,
    "bid.busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "bid.key_reused": HTTPStatus.CONFLICT,
    "lot.outrun": HTTPStatus.CONFLICT,
}


@never_cache
@require_safe
def lot(request: HttpRequest, code: str) -> HttpResponse:
    """The lot as it stands this moment; the socket only changes what this page already says."""
    found = access.lot_for(request.user, code)
    if found.format == Lot.Format.PACKAGE and found.state in Lot.BIDDING:
        return redirect("sale-packages", code=found.sale.code)
    bidder, now = access.bidder_of(request.user, found), clock.now()
    device = presence.noted(request, found, bidder)
    state, reader = live.state_message(found), live.reader_of(found, bidder, request.party or None, now)  # type: ignore[attr-defined]
    won = live.won_by(found)
    stands = standing(
        found.state,
        leader=reader.paddle if reader.paddle in won else state["leader"],
        reader=reader,
        now=now,
        opens_at=found.opens_at,
        ends_at=found.ends_at,
        kinds=state["format"]["kinds"],
        stage=state["format"].get("stage", ""),
    )
    mark, saying = words.standings()[stands]
    own = live.own_maximum(bidder)
    context = {
        "lot": found,
        "sale": found.sale,
        "right": found.listing.right,
        "state": state,
        "bidder": bidder,
        "standing": stands,
        "mark": mark,
        "saying": saying.replace("{time}", when(found.opens_at)),
        "halt": queries.halt_over(found) if found.state == Lot.State.NOTICED else None,
        "said": words.last_said(found) if state["said"] else "",
        "over": found.state in Lot.OVER,
        **_ways(found, bidder, state, now),
        **_own(state, own, stands),
        "last": live.history(found, limit=live.LAST),
        "sealed": found.format in ways.SEALED,
        "annulment": words.annulment(found),
        "registered": live.registered(found),
        "steps": [] if found.format in STEPLESS else _steps(found),
        "co_owners": live.co_owners(found),
        "registering": found.state == Lot.State.NOTICED and now <= found.sale.register_until,
        "chain": chain_of(found) if found.previous_id or found.state in Lot.OVER else [],
        "won": won,
        "deal": live.deal_with(bidder) if bidder and stands == "won" else None,
        "record": access.record_of(request.user, found) if found.state in Lot.OVER else None,
        "room": _for_script(request, found, state, reader, stands, own),
    }
    return presence.marked(render(request, "auctions/lot.html", context), device)


@never_cache
@require_safe
def seat(request: HttpRequest, code: str) -> JsonResponse:
    """Who the market takes the reader to be at this moment, and for how many seconds the session still lasts."""
    found = access.lot_for(request.user, code)
    reader = live.reader_of(found, access.bidder_of(request.user, found), request.party or None, clock.now())  # type: ignore[attr-defined]
    known = {"step": reader.step, "paddle": reader.paddle, "has_bid": reader.has_bid}
    return JsonResponse({"reader": known, "expires_in": request.session.get_expiry_age()})


def _ways(lot: Lot, bidder: Bidder | None, said: Json, now: datetime) -> dict[str, Any]:
    """How one bids for the lot now: its price and what is said of it, the buttons, and the amount that may be typed.

    `quick` are the amounts one press away: one, two and five increments up (the first bid: the starting price and on).
    """
    state, form, buttons = live.state_of(lot), said["format"], words.kinds()
    bar = ways.waits(state, bidder.paddle, bidder.priority) if bidder else ""
    steps = (0,) if form.get("stage") == "priority" else QUICK  # none up: whoever matches takes the price as it is
    price = ways.price_shown(state, now)
    return {
        "price": price,
        "way": words.way(form),
        "stage": words.stage(form),
        "period": words.period(form, now) if lot.state in Lot.BIDDING else "",
        "extends": lot.format in EXTENDED and lot.sale.rules.get("extension_window_s"),
        "falling": "accept" in form["kinds"] and state.price is None,
        "words": buttons.get(_typed(form)),
        "taking": buttons["accept"],
        "take": words.of_kind("accept", "press", price),
        "barred": sentence(Refused(bar)) if bar else "",
        "least": state.terms.money(state.minimum),
        "quick": [
            {"steps": n, "amount": state.terms.money(state.minimum + (n - 1) * state.step)}
            for n in steps
            if "exact" in form["kinds"] and not bar
        ],
    }


def _typed(form: Json) -> str:
    """The kind of bid whose amount the room asks for in a form of its own; empty where there is none."""
    return next((kind for kind in form["kinds"] if kind in TYPED), "")


def _own(said: Json, own: Money | None, stands: str) -> dict[str, Any]:
    """What the reader may do now who stands so, and the maximum that still counts, for nobody else's eyes."""
    kind, price = _typed(said["format"]), said["price"]
    counts = own is not None and (stands == "leading" or price is None or Money.from_wire(price) < own)
    also = {"proxy": "leading", "units": "sealed"}.get(
        kind
    )  # who leads may raise its maximum, and offers may be several
    return {
        "kind": kind,
        "own_max": own if counts else None,
        "ready": stands in MAY_BID,
        "open": stands in (*MAY_BID, also),
    }


def _steps(lot: Lot) -> list[tuple[Money, Money]]:
    """The increments as money: from which price on, which step."""
    return [(Money(since, lot.currency), Money(step, lot.currency)) for since, step in lot.increments]


def _for_script(request: HttpRequest, lot: Lot, state: Json, reader: Reader, stands: str, own: Money | None) -> Json:
    """All the script needs: the state it starts from, who reads, the reader's own maximum, where to ask, what to say."""
    return {
        "state": state,
        "reader": {"step": reader.step, "paddle": reader.paddle, "has_bid": reader.has_bid},
        "standing": stands,
        "server_time": stamp(clock.now()),
        "socket": f"/ws/v1/lots/{lot.code}/",
        "urls": {
            name: reverse(door, args=[lot.code])
            for name, door in (("bid", "lot-bid"), ("state", "lot-state"), ("seat", "lot-seat"))
        },
        "csrf": get_token(request),
        "language": get_language(),
        "money": {
            "currency": lot.currency,
            "symbol": SYMBOLS[lot.currency],
            "places": EXPONENTS[lot.currency],
            "han": HAN_UNITS[lot.currency],
        },
        "maximum": own.wire() if own else None,
        "kinds": words.kinds(),
        "standings": words.standings(),
        "phrases": words.phrases(),
        "said": words.from_host(),
        "reasons": words.reasons(),
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bid(request: HttpRequest, code: str) -> HttpResponse:
    """Bid: JSON as on the socket, or through the check page, which works without any script."""
    if request.method == "POST" and request.content_type == "application/json":
        return _bid_by_frame(request, code)
    return _bid_by_form(request, code)


def _bid_by_frame(request: HttpRequest, code: str) -> JsonResponse:
    """The socket's bid frame over HTTP: the same decoder, the same engine, the same messages."""
    received_at = clock.now()
    found = access.lot_for(request.user, code)
    try:
        frame = protocol.decode(request.body)
        if not isinstance(frame, protocol.BidFrame):
            raise protocol.BadFrame("frame.type")
    except protocol.BadFrame as bad:
        return JsonResponse(protocol.error(code=bad.code, detail=sentence(bad), key=bad.key), status=400)
    answer = wire.bid(request.user, found.pk, frame, received_at)
    status = HTTPStatus.OK if answer["type"] in ("ack", "kept") else HTTPStatus.UNPROCESSABLE_ENTITY
    return JsonResponse(answer, status=STATUS.get(answer.get("code", ""), status))


@login_required
def _bid_by_form(request: HttpRequest, code: str) -> HttpResponse:
    """The check page before a bid, and the bid itself when it comes back from there."""
    received_at = clock.now()
    found = access.lot_for(request.user, code)
    form = BidForm(request.POST or request.GET, currency=found.currency)
    if not form.is_valid():
        return _check(request, found, form, status=422)
    amount: Money = form.cleaned_data["amount"]
    if request.method != "POST":
        return _check(request, found, form)
    try:
        answer = _place(request.user, found, form, amount, received_at)
        if not answer.accepted:
            raise Refused(answer.code, **answer.facts)
    except Refused as refused:
        return _check(request, found, form, refused=refused, status=STATUS.get(refused.code, refused.status))
    except (DatabaseError, TimeoutError):
        logger.exception("bid %s could not be decided", form.cleaned_data["key"])
        return _check(request, found, form, refused=Refused("bid.busy"), status=HTTPStatus.SERVICE_UNAVAILABLE)
    said = form.cleaned_data
    messages.success(request, words.of_kind(said["kind"], "done", answer.binding, said["units"]))
    return redirect("lot", code=found.code)


def _place(user: Any, lot: Lot, form: BidForm, amount: Money, received_at: datetime) -> engine.Answer:
    bidder = access.bidder_for(user, lot.pk)
    engine.admit(bidder.pk)
    return engine.bid(
        engine.Offer(
            lot_id=lot.pk,
            bidder_id=bidder.pk,
            key=form.cleaned_data["key"] or uuid4(),
            amount=amount,
            received_at=received_at,
            seen_seq=form.cleaned_data["seen_seq"],
            kind=form.cleaned_data["kind"],
            units=form.cleaned_data["units"],
        )
    )


def _check(
    request: HttpRequest, lot: Lot, form: BidForm, *, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    """Show what the bid would bind its bidder to. The key is made here, so that sending twice is bidding once.

    After `bid.busy` it is the key of before: what became of that bid is then the answer.
    """
    amount: Money | None = form.cleaned_data["amount"] if form.is_valid() else None
    undecided = refused is not None and refused.code == "bid.busy"
    kind, units = form.cleaned_data.get("kind", "exact"), form.cleaned_data.get("units", 1)
    together = amount * units if amount else None
    premium = fee(together, queries.buyer_fees(lot)).amount if together else None
    state = live.state_of(lot)
    context = {
        "lot": lot,
        "right": lot.listing.right,
        "form": form,
        "amount": amount,
        "premium": premium,
        "total": together + premium if together and premium else together,
        "kind": kind,
        "units": units,
        "words": words.kinds()[kind],
        "button": words.of_kind(kind, "press", amount, units) if amount else words.kinds()[kind]["ask"],
        "least": state.terms.money(state.minimum) if kind in ("exact", "proxy", "best") else None,
        "key": (undecided and form.cleaned_data["key"]) or uuid4(),
        "refused": sentence(refused) if refused else "",
    }
    return render(request, "auctions/bid_check.html", context, status=status)


@require_safe
def bids(request: HttpRequest, code: str) -> HttpResponse:
    """Every accepted bid, latest first (法释〔2016〕18号 20: shown live, kept and replayable)."""
    found = access.lot_for(request.user, code)
    before = request.GET.get("before", "")
    page = live.history(found, before=int(before) if before.isdecimal() and len(before) < 19 else None, limit=PAGE + 1)
    bidder = access.bidder_of(request.user, found)
    context = {
        "lot": found,
        "right": found.listing.right,
        "bids": page[:PAGE],
        "opened": queries.opened_bids(found),
        "sealed": found.format in ways.SEALED and found.state in Lot.BIDDING,
        "following": page[PAGE - 1]["seq"] if len(page) > PAGE else None,
        "own": live.own_answers(bidder),
        "bidder": bidder,
        "sale": found.sale,
        "over": found.state in Lot.OVER,
        "kept": retention(found.sale.ruleset),
    }
    return render(request, "auctions/bids.html", context)


@require_safe
def bids_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The same as a table file; every cell is a number, a moment or a currency, none can become a formula."""
    found = access.lot_for(request.user, code)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.code}-bids.csv"'
    rows = csv.writer(answer)
    rows.writerow(["seq", "at", "paddle", "amount", "currency", "units"])
    opened = [row for row in queries.opened_bids(found) if row["amount"] is not None]
    for row in [*opened, *live.history(found)]:
        amount, units = row["amount"], row.get("units", 1)
        rows.writerow([row["seq"], stamp(row["at"]), row["paddle"], amount.plain(), amount.currency, units])
    return answer


@require_safe
def events(request: HttpRequest, code: str) -> JsonResponse:
    """The lot's whole public log: `manage.py verify_lot --file` decides it again without this site's database."""
    return JsonResponse(live.log(access.lot_for(request.user, code)), json_dumps_params={"ensure_ascii": False})
