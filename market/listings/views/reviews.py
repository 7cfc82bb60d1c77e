"""The reviewer's doors: the queue, and a listing beside its evidence to accept or send back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.listings import access, actions, queries
from market.listings.bundles import queries as bundles
from market.listings.forms.listing import ReviewForm
from market.listings.models import Listing
from market.listings.views.steps import rates
from market.parties.access import SignedIn, agency_of
from market.rights.queries import burdens, consents, holders

ACCEPTED = 50


@login_required
@require_safe
def reviews(request: SignedIn) -> HttpResponse:
    """What waits for review, the longest wait first; and what was accepted."""
    agency = agency_of(request.user)
    context = {
        "bundles": bundles.for_agency(agency),
        "waiting": queries.for_agency(agency)[:ACCEPTED],
        "accepted": queries.entrusted(agency, limit=ACCEPTED),
    }
    return render(request, "listings/reviews.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedIn, code: str) -> HttpResponse:
    """The listing on the left, the evidence on the right, a tick and a remark for each thing an agency vouches for."""
    found = access.review_for(request.user, code)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        access.reviewer_of(request.user)
        try:
            if request.POST.get("decision") == "accept":
                actions.accept(found, by=request.user, ticked=form.ticked())
                messages.success(request, _("%(title)s is published.") % {"title": found.right.title})
            else:
                actions.send_back(found, remarks=form.remarks(), by=request.user)
                messages.success(request, _("%(title)s was sent back to the seller.") % {"title": found.right.title})
        except Refused as refused:
            form.add_error(None, sentence(refused))
        else:
            return redirect("desk-reviews")
    context = {
        "listing": found,
        "form": form,
        "waits": found.state == Listing.State.SUBMITTED,
        "blockers": queries.blockers_of(found),
        "owners": holders(found.right),
        "burdens": burdens(found.right),
        "consents": consents(found.right),
        "papers": queries.papers(found),
        "reserved": queries.has_reserve(found),
        **rates(found),
    }
    return render(request, "listings/review.html", context, status=422 if form.is_bound else 200)
