"""The doors of a portfolio in a sale: the desk that puts it in, and one registration for all its lots."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from auctions import access, actions, portfolios, queries
from auctions.models import Lot
from auctions.packageforms import BundleLotsForm
from auctions.rules.sales import terms_sha256
from auctions.views import presence
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.listings.bundles.access import bundle_for
from market.listings.bundles.queries import listings_of
from market.listings.models import Listing
from market.parties.access import SignedIn, acting_party

BASIS_POINTS = 100  # a percent
PAGE = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@PAGE
def desk(request: SignedIn, code: str) -> HttpResponse:
    """Put a portfolio that waits for a sale into a draft sale: which one (?bundle=), then its lots' starting prices."""
    sale = access.desk_sale_for(request.user, code)
    ready = portfolios.ready(sale.agency)
    asked = request.GET.get("bundle", "")
    bundle = next((one for one in ready if one.code == asked), None)
    if asked and bundle is None:
        raise Http404
    context = {"sale": sale, "ready": ready, "bundle": bundle}
    if bundle is None:
        return render(request, "auctions/desk_portfolios.html", context)
    listings = [listing for listing in listings_of(bundle) if listing.state in Listing.OPEN]
    form = BundleLotsForm(request.POST if request.method == "POST" else None, listings=listings)
    if form.is_valid():
        try:
            portfolios.put_in(
                sale=sale,
                bundle=bundle,
                starts=form.starts,
                deposit_bp=form.cleaned_data["deposit"] * BASIS_POINTS,
                duration=form.duration,
                rule=form.cleaned_data["rule"],
                by=request.user,
            )
        except Refused as refused:
            form.add_error(None, sentence(refused))
        else:
            messages.success(request, _("The portfolio is in the sale."))
            return redirect("desk-sale", code=code)
    context |= {"form": form}
    return render(request, "auctions/desk_portfolios.html", context, status=422 if form.is_bound else 200)


@login_required
@PAGE
def register(request: SignedIn, code: str) -> HttpResponse:
    """Register for every lot of a portfolio at once: the conditions of each, one acknowledgement."""
    bundle = bundle_for(request.user, code)
    lots = list(portfolios.lots_of(bundle))
    if not lots:
        raise Http404
    answer, status = "", 200
    if request.method == "POST":
        refused: Refused | None = Refused("registration.not_acknowledged")
        if request.POST.get("acknowledged"):
            refused = _registered(request, code, lots)
        if refused is None:
            messages.success(request, _("Registered for all lots. The agency checks your qualification next."))
            noted = [presence.noted(request, lot, access.bidder_of(request.user, lot)) for lot in lots]
            return presence.marked(redirect("bundle-register", code=code), noted[0])
        answer, status = sentence(refused), refused.status
    mine = portfolios.registrations(bundle, acting_party(request.user))
    context = {
        "bundle": bundle,
        "rows": [(lot, mine.get(lot.pk), terms_sha256(queries.lot_terms(lot))) for lot in lots],
        "sale": lots[0].sale,
        "registered": len(mine) == len(lots),
        "closed": lots[0].state != Lot.State.NOTICED or clock.now() > lots[0].sale.register_until,
        "rules": actions.rules_of(lots[0].sale),
        "answer": answer,
    }
    return render(request, "auctions/bundle_register.html", context, status=status)


def _registered(request: SignedIn, code: str, lots: list[Lot]) -> Refused | None:
    """Register for all lots of the portfolio `code`; what was refused, or nothing."""
    seen = {lot.code: request.POST.get(f"terms-{lot.code}", "") for lot in lots}
    try:
        portfolios.register(bundle=bundle_for(request.user, code), seen=seen, by=request.user)
    except Refused as refused:
        return refused
    return None
