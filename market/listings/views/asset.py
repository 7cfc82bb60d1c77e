"""The asset's doors: one page for the whole life of a listing, and watching it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.listings import access, actions, conditions, queries, rules
from market.listings.forms.register import DayForm
from market.listings.models import Listing
from market.parties.access import SignedIn
from market.rights import queries as rights
from market.rights.models import Encumbrance, Right

OVER = frozenset({Listing.State.WITHDRAWN, Listing.State.EXPIRED})


@require_safe
def asset(request: HttpRequest, code: str) -> HttpResponse:
    """A right on offer: its state at the office, owners, burdens, papers, story and price; 410 when it was taken down."""
    listing = access.listing_for(request.user, code)
    mine, reviews = access.may_change(request.user, listing), access.reads_reviews(request.user, listing)
    inside = mine or reviews
    if listing.state in OVER and not inside:
        return render(request, "listings/gone.html", {"listing": listing}, status=410)
    context = {"listing": listing, "right": listing.right, "inside": inside, **_about(listing.right)}
    blockers = queries.blockers_of(listing)
    context |= {
        "blockers": blockers,
        "mine": mine,
        "public": listing.state in Listing.PUBLIC,
        "watched": queries.watches(request.user, listing),
        "cure_at": _cure_at(listing, mine, reviews),
        "ask_at": reverse("asset-ask", args=[listing.code]) if inside and conditions.can_ask(listing, blockers) else "",
    }
    return render(request, "listings/asset.html", context)


def _cure_at(listing: Listing, mine: bool, reviews: bool) -> str:
    """Where this reader brings a paper that cures a defect: the agency's entry, the seller's draft; "" for others."""
    if reviews:
        return reverse("desk-register", args=[listing.code])
    if listing.state == Listing.State.DRAFT and mine:
        return reverse("sell-step", args=[listing.code, "evidence"])
    return ""


@require_safe
def as_of(request: HttpRequest, code: str) -> HttpResponse:
    """What the register said of a right on a day, and every entry it follows from; a day asked in ?on=."""
    listing = access.listing_for(request.user, code)
    form = DayForm(request.GET if "on" in request.GET else None)
    context: dict[str, Any] = {"listing": listing, "right": listing.right, "form": form}
    context["entries"] = rights.entries(listing.right)
    if form.is_bound and form.is_valid():
        day = form.cleaned_data["on"]
        seen = rights.register_of(listing.right, day)
        kinds = dict(Encumbrance.Kind.choices)
        context |= {
            "day": day,
            "entries": context["entries"].filter(on__lte=day),
            "register": seen,
            "state": dict(Right.State.choices).get(seen.state, ""),
            "burdens": [(kinds.get(burden.kind, burden.kind), burden) for burden in seen.burdens],
        }
    return render(request, "listings/as_of.html", context, status=422 if form.errors else 200)


def _about(right: Right) -> dict[str, Any]:
    """What the register says: who owns it, what burdens it, kind by kind, how fresh the look at the office is."""
    agreed = {consent.of_party_id for consent in rights.consents(right)}
    burdens = list(rights.burdens(right))
    today = clock.today()
    return {
        "owners": [(title, title.holder_id in agreed) for title in rights.holders(right)],
        "burdens": [(kind.label, [row for row in burdens if row.kind == kind]) for kind in Encumbrance.Kind],
        "in_force": right.state in Right.IN_FORCE,
        "stale": rules.is_stale(right.checked_on, today),
        "term": rules.term_left(right.expires_on, today),
    }


@login_required
@require_POST
def ask(request: SignedIn, code: str) -> HttpResponse:
    """Ask co-owners, pledgees and whoever else can give it for what the listing misses."""
    listing = access.asking_listing_for(request.user, code)
    try:
        conditions.ask(listing, by=request.user)
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("Asked. Each answer is told to you and shown here."))
    return redirect("asset", code=listing.code)


@login_required
@require_POST
def watch(request: SignedIn, code: str) -> HttpResponse:
    """Begin or stop to watch a listing."""
    listing = access.listing_for(request.user, code)
    actions.toggle_watch(listing, by=request.user)
    return redirect("asset", code=listing.code)


@login_required
@require_safe
def watched(request: HttpRequest) -> HttpResponse:
    """What the reader watches, what was added last first."""
    return render(request, "listings/watched.html", {"listings": queries.watched_by(request.user)})
