"""The doors of deposits: a party's own, and leaving one for longer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from auctions import access
from auctions.deposits import actions, queries
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn, acting_party
from market.payments.views.pages import page_of


@login_required
@require_safe
def mine(request: SignedIn) -> HttpResponse:
    """Every deposit of the party acted for: for which lot, as what, until when, and what became of it."""
    party = acting_party(request.user)
    page = page_of(queries.deposits_of(party) if party else [], request.GET.get("page"))
    context = {"party": party, "page": page, "rows": queries.rows_of(list(page), clock.now())}
    return render(request, "auctions/my_deposits.html", context)


@login_required
@require_POST
def renew(request: SignedIn, code: str) -> HttpResponse:
    """Leave the deposit for as long again as the sale's rules let it be held."""
    bidder = access.bidder_of(request.user, access.lot_for(request.user, code))
    if bidder is None:
        raise Http404
    try:
        actions.renew(bidder=bidder, by=request.user)
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("Your deposit stays, and you may bid."))
    return redirect("lot-register", code=code)
