"""The doors of portfolio runs: the inputs, the progress, the values and the shares."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.parties.access import SignedIn
from market.rights.portfolios.queries import rights_of
from valuation.labels import INPUTS
from valuation.portfolios import access, actions, queries
from valuation.portfolios.forms import RunForm
from valuation.portfolios.models import Row, Run

PAGE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def portfolio(request: SignedIn, code: str) -> HttpResponse:
    """Value a portfolio: the inputs; and the runs there are."""
    found = access.own_portfolio_for(request.user, code)
    rights = rights_of(found)
    form = RunForm(rights, request.POST if request.method == "POST" else None, initial=_first(rights))
    if form.is_valid():
        return redirect("valuation-run", actions.begin(portfolio=found, by=request.user, **form.terms()).code)
    runs = queries.runs_of(found)
    context = {"portfolio": found, "form": form, "runs": runs}
    return render(request, "valuation/portfolio.html", context, status=422 if form.is_bound else 200)


def _first(rights: list[Any]) -> dict[str, Any]:
    return {"valuation_date": clock.today(), "members": "\n".join(f"{right.number}, , , " for right in rights)}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def run(request: SignedIn, code: str) -> HttpResponse:
    """How far a run is; then the members' values and their parts of the price. One that was given up is tried again."""
    found = access.run_for(request.user, code)
    if request.method == "POST":
        actions.again(run=found, by=request.user)
        return redirect("valuation-run", code)
    counts = queries.counts_of(found)
    page = Paginator(found.rows.select_related("right"), PAGE).get_page(request.GET.get("page"))
    rows = [(row, *_why(row)) for row in page]
    total = Money(counts["worth"] or 0, found.currency)
    context = {"run": found, "busy": found.state == Run.State.WORKING, "page": page, "rows": rows, "total": total}
    return render(request, "valuation/run.html", context | counts)


def _why(row: Row) -> tuple[Any, str]:
    """The input for which a member has no value, and what is wrong with it; nothing where it has one."""
    if not row.why:
        return "", ""
    return INPUTS.get(row.facts.get("field", "").partition(".")[0], ""), sentence(Refused(row.why, **row.facts))


@login_required
@require_safe
def state(request: SignedIn, code: str) -> JsonResponse:
    """How far a run is, for the page that follows it."""
    found = access.run_for(request.user, code)
    counts = queries.counts_of(found)
    return JsonResponse({"busy": found.state == Run.State.WORKING, "done": counts["done"], "total": counts["members"]})
