"""The doors of this room: the workbench, the appraisals kept, one of them as a report."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from market.kernel import clock
from market.kernel.calendar import months_later
from market.kernel.errors import Refused
from market.kernel.formats import money
from market.kernel.words import sentence
from market.parties.access import SignedIn
from valuation import access, actions, charts, queries
from valuation.forms import ReliefForm, again, first
from valuation.labels import INPUTS, STEPS, notes
from valuation.methods.errors import ValuationError
from valuation.methods.working import Step, Unit
from valuation.models import Appraisal
from valuation.rules import MONTHS_VALID, Worked, work

PAGE = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@require_safe
def appraisals(request: SignedIn) -> HttpResponse:
    """The party's appraisals, each by its latest version."""
    page = Paginator(queries.appraisals_of(access.reader_of(request.user)), queries.PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "valuation/appraisals.html", {"page": page})


@login_required
@PAGE
def new(request: SignedIn, code: str) -> HttpResponse:
    """Value the right of a listing: the inputs, then what they come to; kept only when that is asked for."""
    return _workbench(request, access.asset_for(request.user, code), None)


@login_required
@PAGE
def follow(request: SignedIn, code: str) -> HttpResponse:
    """Change the inputs of an appraisal and keep them as its next version."""
    before = access.own_appraisal_for(request.user, code)
    return _workbench(request, access.asset_for(request.user, before.listing.code), before)


@login_required
@require_safe
def appraisal(request: SignedIn, code: str) -> HttpResponse:
    """An appraisal as a report, worked out again from its inputs."""
    found = access.appraisal_for(request.user, code)
    worked = work(**found.plain)
    context = {
        "appraisal": found,
        "right": found.listing.right,
        "versions": queries.versions_of(found),
        "expired": found.valid_until < clock.today(),
        "may_follow": access.may_follow(request.user, found),
        "proven": worked.result.hash == found.hash,
        "sources": [(_SOURCES[name], told) for name, told in found.sources.items()],
        **shown(worked),
    }
    return render(request, "valuation/report.html", context)


_SOURCES = {"revenue": _("Revenue"), "royalty": _("Royalty rate"), "discount": _("Discount rate")}


def _workbench(request: SignedIn, listing: Any, before: Appraisal | None) -> HttpResponse:
    party, today = before.party if before else access.maker_of(request.user), clock.today()
    until = months_later(today, MONTHS_VALID)
    form = ReliefForm(
        request.POST if request.method == "POST" else None,
        initial=again(before, today, until) if before else first(today, until),
    )
    context: dict[str, Any] = {"form": form, "listing": listing, "right": listing.right, "before": before}
    if form.is_valid():
        terms = form.terms(actions.legal_years_left(listing, form.cleaned_data["valuation_date"]))
        try:
            if "keep" in request.POST:
                about = {"listing": listing, "party": party, "follows": before, "by": request.user, **form.about()}
                return redirect("appraisal", actions.keep(**about, **terms).code)
            context |= shown(work(**terms))
        except ValuationError as refused:
            field = refused.field.partition(".")[0]
            form.add_error(field if field in form.fields else None, refused.message)
        except Refused as refused:
            form.add_error("valid_until" if refused.code == "appraisal.validity" else None, sentence(refused))
    return render(request, "valuation/workbench.html", context, status=422 if form.is_bound and form.errors else 200)


def shown(worked: Worked) -> dict[str, Any]:
    """What the pages draw and tell of a result."""
    result, currency = worked.result, worked.value.currency
    present = result["present_value"]
    values = present if isinstance(present, tuple) else (present,)
    here, rows = charts.tornado(worked.swings, worked)
    return {
        "worked": worked,
        "bars": charts.by_year(values, currency),
        "here": here,
        "rows": [(INPUTS[row.name], row) for row in rows],
        "tall": charts.tall(worked.swings),
        "board": charts.WIDE,
        "steps": [(STEPS[step.name], step, _told(step, currency)) for step in result.steps],
        "assumptions": notes(result.assumptions),
        "warnings": notes(result.warnings),
    }


def _told(step: Step, currency: str) -> list[str]:
    """A step's figures for a reader: money to the fen, factors to six decimals."""
    figures = step.value if isinstance(step.value, tuple) else (step.value,)
    if step.unit is Unit.MONEY:
        return [money(charts.money(figure, currency)) for figure in figures]
    return [f"{figure:.6f}" for figure in figures]
