"""The desk's view of royalty runs: how far they have come, and the licences they set aside."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn
from market.royalties.runs import access, actions

RUNS, ASIDE = 10, 25


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def runs(request: SignedIn) -> HttpResponse:
    """The last runs, and what stands aside, a page at a time; POST `licence` lets the next run try one of them again."""
    if request.method == "POST":
        aside = access.set_aside_for(request.user, request.POST.get("licence", ""))
        try:
            actions.release(aside=aside, by=request.user)
        except Refused as refused:
            messages.error(request, sentence(refused))
        else:
            messages.success(request, _("The next run tries it again. If it fails again, it comes back here."))
        return redirect("desk-royalty-runs")
    page = Paginator(access.set_asides_for(request.user), ASIDE).get_page(request.GET.get("page"))
    context = {
        "runs": access.runs_for(request.user, RUNS),
        "page": page,
        "prev_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "royalties/runs.html", context)
