"""The auctioneer's console of a sale, and the big screen beside it. Both work by plain forms and links; the script renews."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from auctions import access, actions, engine, live, queries
from auctions.engine import hosting
from auctions.forms import BidForm
from auctions.models import Lot, Sale
from auctions.rules import lot as rules
from auctions.rules import ways
from auctions.rules.chain import stamp
from auctions.views import words
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn

LOG = 60  # events shown

# What the host may say, by the name of its button.
COMMANDS: dict[str, Callable[[Lot, str], Any]] = {
    "warn1": lambda lot, text: rules.Warn(1),
    "warn2": lambda lot, text: rules.Warn(2),
    "hammer": lambda lot, text: rules.Hammer(int(text) if text.isdecimal() and len(text) < 19 else 0),
    "pass_in": lambda lot, text: rules.PassIn(),
    "hold": lambda lot, text: rules.Suspend(text),
    "resume": lambda lot, text: hosting.going_on(lot, clock.now()),
    "notice": lambda lot, text: rules.Notice(text),
}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def console(request: SignedIn, code: str) -> HttpResponse:
    """The queue, the lot now called, and what may be done to it; what may not be done says why."""
    sale = access.console_sale_for(request.user, code)
    lots = list(queries.lots_of(sale))
    lot = _chosen(lots, request.GET.get("lot", ""))
    if request.method == "POST" and lot is not None:
        return _said(request, sale, lot)
    return render(request, "auctions/console.html", _context(request, sale, lots, lot))


def _chosen(lots: list[Lot], code: str) -> Lot | None:
    """The lot asked for, else the one being called: the first now bid on or held, the next to come, the last over."""
    named = next((lot for lot in lots if lot.code == code), None)
    called = next((lot for lot in lots if lot.state in {*Lot.BIDDING, Lot.State.SUSPENDED}), None)
    coming = next((lot for lot in lots if lot.state in {Lot.State.NOTICED, Lot.State.DRAFT}), None)
    return named or called or coming or (lots[-1] if lots else None)


def _said(request: SignedIn, sale: Sale, lot: Lot) -> HttpResponse:
    """Do what was pressed, and show the console again; a first press of the hammer only arms it."""
    what, here = request.POST.get("what", ""), f"{reverse('console', args=[sale.code])}?lot={lot.code}"
    if what == "hammer" and request.POST.get("armed") != lot.code:
        return redirect(f"{here}&armed={lot.code}#host")
    try:
        if what == "take":
            hosting.take(sale=sale, by=request.user)
        elif what == "withdraw":
            actions.withdraw_lot(lot=lot, reason=request.POST.get("text", ""), by=request.user)
        elif what == "floor":
            _floor(request, sale, lot)
        elif what in COMMANDS:
            text = request.POST.get("text", "") or request.POST.get("phrase", "")
            engine.command(lot.pk, COMMANDS[what](lot, text), by=request.user)
        else:
            raise Refused("lot.command")
    except Refused as refused:
        said = _("A new bid has come; the hammer is called off.") if refused.code == "hammer.price_moved" else ""
        messages.error(request, " ".join(filter(None, [said, sentence(refused)])))
    else:
        messages.success(request, words.done()[what])
    return redirect(here)


def _floor(request: SignedIn, sale: Sale, lot: Lot) -> None:
    """Enter a bid called in the room, for a paddle of this lot; it is decided like every other."""
    host = hosting.host_of(sale)
    if host is None or host.actor != request.user.ref:
        raise Refused("console.taken_over")
    form = BidForm(request.POST, currency=lot.currency)
    if not form.is_valid():
        raise Refused("amount.format")
    bidder = access.paddle_of(lot, request.POST.get("paddle", "").strip())
    try:
        answer = engine.bid(
            engine.Offer(
                lot_id=lot.pk,
                bidder_id=bidder.pk,
                key=form.cleaned_data["key"] or uuid4(),
                amount=form.cleaned_data["amount"],
                received_at=clock.now(),
                kind="floor",
            )
        )
    except (DatabaseError, TimeoutError) as late:
        raise Refused("bid.busy") from late
    if not answer.accepted:
        raise Refused(answer.code, **answer.facts)


def _context(request: SignedIn, sale: Sale, lots: list[Lot], lot: Lot | None) -> dict[str, Any]:
    now, host = clock.now(), hosting.host_of(sale)
    mine = host is not None and host.actor == request.user.ref
    context: dict[str, Any] = {
        "sale": sale,
        "lots": lots,
        "lot": lot,
        "mine": mine,
        "host": host,
        "server_time": stamp(now),
        "armed": bool(lot) and request.GET.get("armed") == lot.code if lot else False,
        "member": access.is_desk(request.user, sale),
    }
    if lot is None:
        return context
    state = live.state_of(lot)
    saids = {name: make(lot, str(lot.seq) if name == "hammer" else "…") for name, make in COMMANDS.items()}
    barred = hosting.refusals(lot, saids, now)
    taken = Refused("console.taken_over") if not mine else None
    context |= {
        "right": lot.listing.right,
        "state": state,
        "price": ways.price_shown(state, now),
        "price_until": ways.shown_until(state, now),
        "least": state.terms.money(state.minimum),
        "warnings": state.public.get("warnings", 0),
        "reserve": live.reserve_word(state),
        "buttons": {
            name: sentence(found) if found else "" for name, found in ((n, taken or b) for n, b in barred.items())
        },
        "main": next((name for name in ("resume", "hammer", "warn2", "warn1") if not (taken or barred[name])), ""),
        "withdrawable": lot.state == Lot.State.NOTICED and now < lot.opens_at,
        "online": live.registered(lot),
        "log": words.told(lot, LOG),
        "phrases": words.stock(),
        "key": uuid4(),
        "socket": f"/ws/v1/lots/{lot.code}/",
    }
    return context


@never_cache
@require_safe
def screen(request: HttpRequest, code: str) -> HttpResponse:
    """What hangs on the wall of the saleroom: the lot now called, its price, who leads, how long."""
    sale = access.sale_for(request.user, code)
    lots = list(queries.lots_of(sale))
    lot = _chosen(lots, "")
    now = clock.now()
    context: dict[str, Any] = {"sale": sale, "lot": lot, "server_time": stamp(now)}
    if lot is not None:
        state = live.state_of(lot)
        context |= {
            "right": lot.listing.right,
            "state": state,
            "price": ways.price_shown(state, now),
            "price_until": ways.shown_until(state, now),
            "said": words.last_said(lot),
            "socket": f"/ws/v1/lots/{lot.code}/",
        }
    return render(request, "auctions/screen.html", context)
