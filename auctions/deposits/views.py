"""The door of a deposit: its bidder leaves it for longer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from auctions import access
from auctions.deposits import actions
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn


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
