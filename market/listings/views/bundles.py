"""The doors of a portfolio on offer: its page, offering it, handing it over, the agency's review of all of it at once."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.listings.bundles import access, actions, queries
from market.listings.forms.listing import CheckForm, ReviewForm, WithdrawForm
from market.listings.forms.portfolio import BundleForm
from market.listings.models import Bundle, Listing
from market.listings.views.portfolio import about, mapped, named
from market.parties.access import SignedIn
from market.rights.portfolios.access import own_portfolio_for
from market.rights.rules.intents import AUCTION, LIST

PAGE = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@PAGE
def offer(request: SignedIn, code: str) -> HttpResponse:
    """Offer a portfolio whole or in parts: a draft listing for every member, tied together."""
    found = own_portfolio_for(request.user, code)
    way = request.GET.get("way", "")
    form = BundleForm(
        request.POST if request.method == "POST" else None,
        initial={"way": way if way in Bundle.Way.values else Bundle.Way.WHOLE},
    )
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("way", "agency", "summary", "summary_en", "defects")}
        try:
            made = actions.begin(found, by=request.user, **said, **form.agreed())
        except Refused as refused:
            form.add_error("agency" if refused.code.startswith(("listing.", "fees.")) else None, sentence(refused))
        else:
            return redirect("bundle", made.code)
    context = {"form": form, "portfolio": found}
    return render(request, "listings/portfolio_offer.html", context, status=422 if form.is_bound else 200)


@require_safe
def bundles(request: HttpRequest) -> HttpResponse:
    """The portfolios on offer, the latest first."""
    return render(request, "listings/bundles.html", {"bundles": queries.on_offer()})


@require_safe
def bundle(request: HttpRequest, code: str) -> HttpResponse:
    """A portfolio on offer: its rights, what of them may not be split, what bars it, what it covers, the next step."""
    found = access.bundle_for(request.user, code)
    return _page(request, found, CheckForm())


def _page(request: HttpRequest, found: Bundle, form: CheckForm) -> HttpResponse:
    listings = queries.listings_of(found)
    offered = [listing for listing in listings if listing.state in Listing.OPEN]
    states = {listing.state for listing in listings}
    rights = [listing.right for listing in offered]
    published = any(listing.published_at for listing in listings)
    context: dict[str, Any] = about(found.seller, rights, AUCTION if published else LIST)
    context |= mapped(found.portfolio, [listing.right for listing in listings])
    context |= {
        "bundle": found,
        "offered": bool(offered),
        "listings": listings,
        "groups": named([frozenset(r.pk for r in rights if r.code in group) for group in found.groups], rights),
        "mine": False,
        "seller": access.may_change(request.user, found),
        "reviewer": access.may_review(request.user, found),
        "public": published,
        "drafts": Listing.State.DRAFT in states,
        "waits": Listing.State.SUBMITTED in states,
        "withdrawable": bool(offered) and Listing.State.IN_SALE not in states,
        "form": form,
        "withdraw_form": WithdrawForm(),
    }
    return render(request, "listings/bundle.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def hand_over(request: SignedIn, code: str) -> HttpResponse:
    """Hand every draft to the agency."""
    found = access.own_bundle_for(request.user, code)
    form = CheckForm(request.POST)
    if form.is_valid():
        try:
            actions.submit(found, by=request.user)
        except Refused as refused:
            form.add_error(None, sentence(refused))
        else:
            messages.success(request, _("Handed over. The agency checks every right and publishes them together."))
            return redirect("bundle", code)
    return _page(request, found, form)


@login_required
@require_POST
def withdraw(request: SignedIn, code: str) -> HttpResponse:
    """Take all of it off the market."""
    found = access.own_bundle_for(request.user, code)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            actions.withdraw(found, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refused:
            messages.error(request, sentence(refused))
        else:
            messages.success(request, _("The portfolio is withdrawn."))
    return redirect("bundle", code)


@login_required
@PAGE
def review(request: SignedIn, code: str) -> HttpResponse:
    """The agency's look at all of it: a link to each listing's own review, and the ticks that vouch for them together."""
    found = access.review_bundle_for(request.user, code)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.accept(found, ticked=form.ticked(), by=request.user)
        except Refused as refused:
            form.add_error(None, sentence(refused))
        else:
            messages.success(request, _("The portfolio is published."))
            return redirect("bundle", code)
    listings = queries.listings_of(found)
    context = about(found.seller, [one.right for one in listings], LIST) | {
        "bundle": found,
        "listings": listings,
        "ticks": [tick for tick, _remark in form.rows()],
        "form": form,
        "waits": any(listing.state == Listing.State.SUBMITTED for listing in listings),
    }
    return render(request, "listings/bundle_review.html", context, status=422 if form.is_bound else 200)
