"""The fair-play desk: reviews of closed lots, decided by two people, and who is barred; for agencies and regulators."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from auctions import access, fairplay, live, queries
from auctions.models import Review
from auctions.views import words
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn


@login_required
@require_safe
def desk(request: SignedIn) -> HttpResponse:
    """The reviews, the open ones first, and the bars."""
    agency = access.fair_play_of(request.user)
    context = {
        "reviews": queries.reviews_of(agency)[: queries.PAGE],
        "bars": queries.bars_by(agency)[: queries.PAGE],
        "regulator": agency is None,
    }
    return render(request, "auctions/desk_fairplay.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedIn, code: str) -> HttpResponse:
    """One review: what was found, on which facts, other lots of the same people; one proposes, another agrees."""
    found = access.review_for(request.user, code)
    problem, status = "", 200
    if request.method == "POST":
        try:
            if "seen" in request.POST:
                fairplay.agree(review=found, outcome_seen=request.POST["seen"], by=request.user)
            else:
                said = {name: request.POST.get(name, "") for name in ("outcome", "reason")}
                fairplay.propose(review=found, by=request.user, **said)
        except Refused as refused:
            problem, status = sentence(refused), refused.status
        else:
            messages.success(request, _("Entered. The agency and the regulator are told."))
            return redirect("desk-fairplay-review", code=code)
    context = {
        "review": found,
        "lot": found.lot,
        "findings": [words.finding(one) for one in found.findings],
        "deals": live.deals_of(found.lot),
        "related": fairplay.related_lots(found),
        "outcomes": [(state, label) for state, label in Review.State.choices if state in Review.OUTCOMES],
        "mine": found.proposed_by_id == request.user.pk,
        "problem": problem,
        "regulator": access.fair_play_of(request.user) is None,
    }
    return render(request, "auctions/desk_review.html", context, status=status)


@login_required
@require_POST
def lift(request: SignedIn, pk: int) -> HttpResponse:
    """Take a bar back after an appeal."""
    bar = access.bar_for(request.user, pk)
    try:
        fairplay.lift_bar(bar=bar, appeal=request.POST.get("appeal", ""), by=request.user)
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("The bar is lifted; the party is told."))
    return redirect("desk-fairplay")
