"""The workbench, the appraisals kept, one of them as a report, on a page and as files."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from market.documents.render import pdf
from market.kernel import clock
from market.kernel.calendar import months_later
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn
from valuation import access, actions, papers, queries
from valuation.forms import KeptForm, WorkbenchForm, again, first
from valuation.guidance.tables import COMPARED, COUNTED
from valuation.labels import GROUPS, METHODS, OF_A_RIGHT, group_of, methods_of, named
from valuation.methods.errors import ValuationError
from valuation.models import Appraisal
from valuation.rules import MONTHS_VALID, RECONCILED, work
from valuation.shown import given, shown
from valuation.views import comparables

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
USUAL = "relief_from_royalty_grown"
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
    if before.method == RECONCILED:  # its parts are changed, then weighed again
        raise Http404
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
        "method": named(found.method),
        "given": given(found),
        **shown(worked, found.plain["ranges"]),
    }
    return render(request, "valuation/report.html", context)


@login_required
@require_safe
def report_pdf(request: SignedIn, code: str) -> HttpResponse:
    """The report as a PDF: the same appraisal gives the same bytes."""
    found = access.appraisal_for(request.user, code)
    return _file(found, "pdf", "application/pdf", pdf("appraisal", papers.report(found, work(**found.plain))))


@login_required
@require_safe
def report_xlsx(request: SignedIn, code: str) -> HttpResponse:
    """The report as a workbook whose formulas come to the value again."""
    found = access.appraisal_for(request.user, code)
    return _file(found, "xlsx", XLSX, papers.sheets(found, work(**found.plain)))


def _file(found: Appraisal, ending: str, kind: str, content: bytes) -> HttpResponse:
    name = {"Content-Disposition": f'attachment; filename="{found.series}-v{found.version}.{ending}"'}
    return HttpResponse(content, content_type=kind, headers=name)


def _workbench(request: SignedIn, listing: Any, before: Appraisal | None) -> HttpResponse:
    party, today = before.party if before else access.maker_of(request.user), clock.today()
    method = before.method if before else request.GET.get("method", USUAL)
    if method not in METHODS:
        raise Http404
    until = months_later(today, MONTHS_VALID)
    kind = KeptForm if "keep" in request.POST else WorkbenchForm
    said, initial = request.POST or None, again(before, today, until) if before else first(today, until)
    if "fill" in request.POST:  # nothing is judged yet: the page comes back with the comparables typed in
        said, initial = None, {**initial, **request.POST.dict(), **comparables.taken(request, method, listing)}
    form = kind(method, said, initial=initial)
    context: dict[str, Any] = {"form": form, "listing": listing, "right": listing.right, "before": before}
    context |= {
        "method": METHODS[method],
        "keeps": method in OF_A_RIGHT,
        "tabs": _tabs(method),
        "others": _others(method),
        "compared": method in COMPARED,
        "counted": method == COUNTED,
    }
    if form.is_valid():
        terms = form.terms(actions.legal_years_left(listing, form.cleaned_data["valuation_date"]))
        try:
            if "keep" in request.POST:
                about = {"listing": listing, "party": party, "follows": before, "by": request.user, **form.about()}
                return redirect("appraisal", actions.keep(**about, **terms).code)
            context |= shown(work(**terms), terms["ranges"])
        except ValuationError as refused:
            field = refused.field.partition(".")[0]
            form.add_error(field if field in form.fields else None, refused.message)
        except Refused as refused:
            form.add_error("valid_until" if refused.code == "appraisal.validity" else None, sentence(refused))
    return render(request, "valuation/workbench.html", context, status=422 if form.is_bound and form.errors else 200)


def _tabs(method: str) -> list[dict[str, Any]]:
    """The groups of methods, each leading to its usual one."""
    here = group_of(method)
    return [
        {"label": word, "url": f"?method={next(iter(methods_of(group)))}", "current": group == here}
        for group, word in GROUPS.items()
    ]


def _others(method: str) -> list[dict[str, Any]]:
    """The methods of the same group."""
    return [
        {"label": word, "url": f"?method={name}", "current": name == method}
        for name, word in methods_of(group_of(method)).items()
    ]
