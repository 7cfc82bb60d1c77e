"""The public doors of the sales: calendar, sale, calendar file, registration for a lot."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from auctions import access, actions, queries
from auctions.models import Lot, Sale
from auctions.rules.sales import terms_sha256
from auctions.views import presence
from market.kernel import clock
from market.kernel.clock import BEIJING
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn


def _month(text: str) -> date:
    """The first day of the month "2026-12", or of this month when the text is anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return clock.today().replace(day=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The announced sales of one month, by day."""
    first = _month(request.GET.get("month", ""))
    after = (first + timedelta(days=32)).replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    sales = queries.calendar(since=_midnight(first), until=_midnight(after))
    days = [
        {"day": day, "items": [_entry(sale) for sale in group]}
        for day, group in groupby(sales, key=lambda sale: sale.opens_at.astimezone(BEIJING).date())
    ]
    following = None if days else queries.next_sale(after=max(_midnight(after), clock.now()))
    context = {"first": first, "before": before, "after": after, "days": days, "following": following}
    return render(request, "auctions/calendar.html", context)


def _entry(sale: Sale) -> dict[str, object]:
    meta = f"{sale.agency} · {sale.get_mode_display()}"
    title = sale.title_en if _english() and sale.title_en else sale.title
    return {
        "url": reverse("sale", args=[sale.code]),
        "title": title,
        "at": sale.opens_at,
        "meta": meta,
        "state": sale.state,
    }


def _english() -> bool:
    return (get_language() or "").startswith("en")


@require_safe
def sale(request: HttpRequest, code: str) -> HttpResponse:
    """A sale's notice: rules, dates, lots, who runs it."""
    found = access.sale_for(request.user, code)
    lots = list(queries.lots_of(found))
    context = {"sale": found, "lots": lots, "rules": actions.rules_of(found), "now": clock.now()}
    return render(request, "auctions/sale.html", {**context, "legal": actions.legal_dates(found)})


@require_safe
def ics(request: HttpRequest, code: str) -> HttpResponse:
    """The sale's dates as an iCalendar file (RFC 5545) with a stable UID."""
    found = access.sale_for(request.user, code)

    def stamp(moment: datetime) -> str:
        return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")

    def escape(text: str) -> str:
        return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")

    events = [
        ("viewing", found.display_from, _("Viewing begins")),
        ("register", found.register_until, _("Registration and deposit close")),
        ("open", found.opens_at, _("Bidding opens")),
    ]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Luochui//EN", "METHOD:PUBLISH"]
    for name, moment, words in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{found.code}-{name}@luochui",
            f"DTSTAMP:{stamp(found.noticed_at or found.created_at)}",
        ]
        lines += [f"DTSTART:{stamp(moment)}", f"SUMMARY:{escape(f'{found.title}: {words}')}"]
        lines += [f"URL:{request.build_absolute_uri(reverse('sale', args=[found.code]))}", "END:VEVENT"]
    lines.append("END:VCALENDAR")
    answer = HttpResponse("\r\n".join(lines) + "\r\n", content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.code}.ics"'
    return answer


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
        "terms": terms_sha256(queries.lot_terms(lot)),
        "answer": answer,
        "closed": lot.state != Lot.State.NOTICED or clock.now() > lot.sale.register_until,
    }
    return render(request, "auctions/register.html", context, status=status)
