"""The public doors of the sales: calendar, sale, calendar file, registration for a lot."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from auctions import access, actions, live, queries
from auctions.deposits.queries import is_renewable
from auctions.models import Lot, Sale
from auctions.rules import ways
from auctions.rules.formats import EXTENDED
from auctions.rules.sales import terms_sha256
from auctions.views import presence, words
from market.kernel import clock
from market.kernel.calendar import Month
from market.kernel.clock import BEIJING
from market.kernel.errors import Refused
from market.kernel.ical import Entry, calendar_file
from market.kernel.words import sentence
from market.parties.access import SignedIn


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The announced sales of one month, by day."""
    month = Month.of(request.GET.get("month", ""), clock.today())
    since, until = month.span
    sales = queries.calendar(since=since, until=until)
    days = [
        {"day": day, "items": [_entry(sale) for sale in group]}
        for day, group in groupby(sales, key=lambda sale: sale.opens_at.astimezone(BEIJING).date())
    ]
    following = None if days else queries.next_sale(after=max(until, clock.now()))
    context = {"month": month, "days": days, "following": following}
    return render(request, "auctions/calendar.html", context)


def _entry(sale: Sale) -> dict[str, object]:
    meta = f"{sale.agency} · {sale.get_mode_display()}"
    title = sale.title_en if _english() and sale.title_en else sale.title
    return {
        "url": reverse("sale", args=[sale.code]),
        "title": title,
        "at": sale.opens_at,
        "meta": meta,
        "state": sale.standing,
    }


def _english() -> bool:
    return (get_language() or "").startswith("en")


@require_safe
def sale(request: HttpRequest, code: str) -> HttpResponse:
    """A sale's notice: rules, dates, lots, who runs it."""
    found = access.sale_for(request.user, code)
    lots = list(queries.lots_of(found))
    context = {"sale": found, "lots": lots, "rules": actions.rules_of(found), "now": clock.now()}
    formats = {lot.format for lot in lots}
    context |= {
        "legal": actions.legal_dates(found),
        "unextended": formats and not EXTENDED & formats,
        "sealed": formats and formats <= ways.SEALED,
    }
    return render(request, "auctions/sale.html", context)


@require_safe
def ics(request: HttpRequest, code: str) -> HttpResponse:
    """The sale's dates as an iCalendar file (RFC 5545) with a stable UID."""
    found = access.sale_for(request.user, code)
    dates = [
        ("viewing", found.display_from, _("Viewing begins")),
        ("register", found.register_until, _("Registration and deposit close")),
        ("open", found.opens_at, _("Bidding opens")),
    ]
    url = request.build_absolute_uri(reverse("sale", args=[found.code]))
    entries = [
        Entry(f"{found.code}-{name}@luochui", at, f"{found.title}: {words}", url=url) for name, at, words in dates
    ]
    text = calendar_file(entries, name=found.title, made_at=found.noticed_at or found.created_at)
    headers = {"Content-Disposition": f'attachment; filename="{found.code}.ics"'}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)


@login_required
def register(request: SignedIn, code: str) -> HttpResponse:
    """Register for a lot: the conditions, each known defect acknowledged, then the state of the registration."""
    lot = access.lot_for(request.user, code)
    bidder = access.bidder_of(request.user, lot)
    answer, status = "", 200
    if request.method == "POST":
        if not request.POST.get("acknowledged"):
            answer, status = sentence(Refused("registration.not_acknowledged")), 422
        else:
            try:
                actions.register_bidder(lot=lot, terms_sha256_seen=request.POST.get("terms", ""), by=request.user)
            except Refused as refused:
                answer, status = sentence(refused), refused.status
            else:
                messages.success(request, _("Registered. The agency checks your qualification next."))
                device = presence.noted(request, lot, access.bidder_of(request.user, lot))
                return presence.marked(redirect("lot-register", code=lot.code), device)
    context = {
        "lot": lot,
        "bidder": bidder,
        "rules": actions.rules_of(lot.sale),
        "way": words.way(ways.known(live.state_of(lot))),
        "unextended": lot.format not in EXTENDED,
        "sealed": lot.format in ways.SEALED,
        "terms": terms_sha256(queries.lot_terms(lot)),
        "answer": answer,
        "renewable": bidder is not None and is_renewable(bidder, clock.now()),
        "closed": lot.state != Lot.State.NOTICED or clock.now() > lot.sale.register_until,
    }
    return render(request, "auctions/register.html", context, status=status)
