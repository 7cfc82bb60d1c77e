"""The doors of licences: the list, a licence in plain words, a period to report or to approve, and a statement."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.deals.terms import check, plain_words
from market.deals.terms.findings import findings_of
from market.deals.terms.words import LICENSEE, LICENSOR
from market.documents.uploads import Upload
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.parties.access import SignedIn, may_act
from market.royalties import access, actions, charts, queries
from market.royalties.amendments import queries as amendments
from market.royalties.amendments.actions import ROLES
from market.royalties.forms import (
    DEDUCTIONS,
    CertificateForm,
    CorrectionForm,
    DisputeForm,
    LicenceForm,
    ReportForm,
    TerminationForm,
)
from market.royalties.models import Licence, ReportingPeriod
from market.royalties.rules.formulas import formula, sum_words
from market.royalties.sublicences import queries as sublicences
from market.royalties.sublicences.access import allows

PAGE, PLOTTED, MOST_BELOW = 25, 12, 50
STEPS = {
    "gross": gettext_lazy("Gross receipts"),
    "deductions": gettext_lazy("Deductions"),
    "base": gettext_lazy("Royalty base"),
    "tiers": gettext_lazy("Royalty at the agreed rate"),
    "offset": gettext_lazy("Royalties of third parties"),
    "combination": gettext_lazy("Part in a combination product"),
    "earned": gettext_lazy("Earned in the period"),
    "cap": gettext_lazy("Cap"),
    "minimum": gettext_lazy("Topped up to the minimum"),
    "recoupment": gettext_lazy("Advance earned back"),
    "carried": gettext_lazy("Carried over"),
    "milestone": gettext_lazy("Milestone"),
    "fixed": gettext_lazy("Fixed sum"),
    "sublicence": gettext_lazy("Sublicences"),
    "withholding": gettext_lazy("Tax withheld"),
    "interest": gettext_lazy("Interest on arrears"),
    "rounding": gettext_lazy("Rounded"),
}

# What a line of several of its step is for, by its name; a milestone has a name of its own.
NAMES = {
    "lump_sum": gettext_lazy("Lump sum"),
    "instalment": gettext_lazy("Instalment"),
    "entry_fee": gettext_lazy("Entry fee"),
    "advance": gettext_lazy("Advance"),
    "income": gettext_lazy("What they brought in"),
    "share": gettext_lazy("The licensor's share"),
    "small": gettext_lazy("Too little to pay now"),
    "credit": gettext_lazy("Credit of the licensee"),
    "forgiven": gettext_lazy("Too little to pay: not owed"),
    "claimed": gettext_lazy("As claimed"),
    "allowed": gettext_lazy("As the licence allows"),
    "withheld": gettext_lazy("Tax withheld"),
    "payable": gettext_lazy("Payable"),
}


@login_required
@require_safe
def licences(request: SignedIn) -> HttpResponse:
    """The licences of the party the reader acts for, a page at a time."""
    page = _page(request, access.licences_for(request.user))
    return render(request, "royalties/licences.html", {"page": page, **_around(page)})


@login_required
@require_safe
def licence(request: SignedIn, code: str) -> HttpResponse:
    """A licence: what was agreed, in plain words for the reader's side, and its periods, the latest first."""
    found = access.licence_for(request.user, code)
    role = access.role_of(request.user, found)
    page = _page(request, found.periods.order_by("-number"))
    amended = list(amendments.standing_of(found)[:MOST_BELOW])
    last = amendments.in_force([one for one in reversed(amended) if one.state == one.State.SIGNED], clock.today())
    agreed = last.document if last else found.terms
    above, below = sublicences.around(found, MOST_BELOW)
    acts = role in ROLES and may_act(request.user, getattr(found, role))
    drawn = queries.accounts_of(found, queries.last_stated(found, PLOTTED))
    context = {
        "licence": found,
        "role": role,
        "words": _words(agreed, role),
        "page": page,
        "accounts": queries.accounts_of(found, page.object_list),
        "bars": charts.bars([(f"{row.period.until:%y-%m}", row.asked, row.arrived) for row in drawn]),
        "asked": sum((row.asked for row in drawn), Money.zero(found.currency)),
        "arrived": sum((row.arrived for row in drawn), Money.zero(found.currency)),
        "amendments": amended,
        "may_amend": acts and found.state == Licence.State.ACTIVE,
        "above": above,
        "below": below,
        "may_grant": acts and role == access.LICENSEE and allows(found, agreed),
        "ending": TerminationForm() if role == access.AGENCY and access.may_terminate(request.user, found) else None,
        **_around(page),
    }
    return render(request, "royalties/licence.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def period(request: SignedIn, code: str, number: int) -> HttpResponse:
    """A period: the licensee reports, the licensor approves, the agency corrects; what was reported, and its statements."""
    found = access.period_for(request.user, code, number)
    role = access.role_of(request.user, found.licence)
    what = access.may(request.user, found, role)
    last = found.reports.order_by("pk").last()
    form, status = _form(found, what, last.figures if last else {}), 200
    if request.method == "POST" and form is not None:
        form, status = _filled(found, what, request.POST), 422
        if form.is_valid():
            try:
                _carry_out(found, what, form, request)
            except Refused as refused:
                form.refuse(refused)
                status = refused.status
            else:
                return redirect("royalty-period", code=code, number=number)
    context = {
        "period": found,
        "licence": found.licence,
        "role": role,
        "what": what,
        "form": form,
        "reported": _reported(last.figures) if last else [],
        "report": last,
        "statements": found.statements.order_by("-number"),
        "waits_below": found.state == ReportingPeriod.State.APPROVED and sublicences.is_unknown(found),
    }
    return render(request, "royalties/period.html", context, status=status)


@login_required
@require_POST
def approve(request: SignedIn, code: str, number: int) -> HttpResponse:
    """The licensor agrees with a report."""
    found = access.period_for(request.user, code, number)
    try:
        actions.approve(period=found, by=request.user)
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("Approved. The statement is issued next."))
    return redirect("royalty-period", code=code, number=number)


@login_required
@require_POST
def terminate(request: SignedIn, code: str) -> HttpResponse:
    """The agency enters that a licence ends before its time."""
    found, form = access.licence_for(request.user, code), TerminationForm(request.POST)
    if form.is_valid():
        given = {"on": form.cleaned_data["on"], "reason": form.cleaned_data["ended_for"]}
        try:
            actions.terminate(licence=found, by=request.user, **given)
        except Refused as refused:
            messages.error(request, sentence(refused))
        else:
            messages.success(
                request, _("Entered. Both sides have been told; the period that day falls into is the last.")
            )
    else:
        messages.error(request, _("Give the last day and the reason."))
    return redirect("licence", code=code)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: SignedIn, code: str) -> HttpResponse:
    """A statement, line by line with its arithmetic, and whether computing it again today gives the same; its licensee hands
    over the certificate of a tax that was withheld."""
    found = access.statement_for(request.user, code)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CertificateForm(*sent) if access.may_certify(request.user, found) else None
    if sent and form is None:
        raise Http404
    if form is not None and form.is_valid():
        try:
            certificate: Any = Upload.of(form.cleaned_data["file"])
            actions.certify(statement=found, certificate=certificate, by=request.user)
        except Refused as refused:
            form.add_error("file", sentence(refused))
        else:
            messages.success(request, _("Handed over. The licensor has been told."))
            return redirect("royalty-statement", code=code)
    lines = queries.lines_of(found)
    context = {
        "statement": found,
        "period": found.period,
        "licence": found.period.licence,
        "rows": [
            {
                "step": STEPS[line.step],
                "about": " · ".join(str(said) for said in (line.product, NAMES.get(line.name, line.name)) if said),
                "formula": formula(line, found.currency),
                "value": sum_words(line.value, found.currency),
            }
            for line in lines
        ],
        "holds": queries.holds(found),
        "audit": queries.audit_of(found),
        "interest_alone": found.report.reason == queries.INTEREST,
        "form": form,
    }
    return render(request, "royalties/statement.html", context, status=422 if sent else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: SignedIn) -> HttpResponse:
    """The agency enters a licence contract: its terms are checked and put in plain words, and kept when it says so."""
    agency = access.granting_agency(request.user)
    form, status, context = LicenceForm(), 200, {}
    if request.method == "POST":
        form, status = LicenceForm(request.POST), 422
        if form.is_valid():
            try:
                document = check(form.cleaned_data["terms"])
                context = {"checked": True, "findings": findings_of(document), "sides": _both_sides(document)}
                status = 200
                if "keep" in request.POST:
                    made = actions.grant(**access.contract_of(request.user, agency, form.cleaned_data))
                    messages.success(request, _("Kept. Both sides have been told."))
                    return redirect("licence", code=made.code)
            except Refused as refused:
                form.refuse(refused)
                status = refused.status
    return render(request, "royalties/enter.html", {"form": form, **context}, status=status)


def _both_sides(document: Any) -> list[tuple[Any, list[str]]]:
    """The terms in plain words for each side, in the reader's language."""
    place = 0 if (get_language() or "").startswith("zh") else 1
    sides = ((_("For the licensor"), LICENSOR), (_("For the licensee"), LICENSEE))
    return [(heading, [pair[place] for pair in plain_words(document, side)]) for heading, side in sides]


def _form(found: ReportingPeriod, what: str, figures: Any) -> Any:
    """The form for what the reader may do; None for nothing."""
    given = (found.terms, found.licence.currency)
    if what == "report":
        return ReportForm.showing(*given, figures)
    if what == "correct":
        return CorrectionForm.showing(*given, figures)
    return DisputeForm() if what == "approve" else None


def _filled(found: ReportingPeriod, what: str, typed: Any) -> Any:
    given = (found.terms, found.licence.currency, typed)
    return {"report": ReportForm, "correct": CorrectionForm}[what](*given) if what != "approve" else DisputeForm(typed)


def _carry_out(found: ReportingPeriod, what: str, form: Any, request: SignedIn) -> None:
    """Do what was filled in, and say so."""
    if what == "report":
        actions.report(period=found, figures=form.figures(), by=request.user)
        messages.success(request, _("Reported. The licensor has been told."))
    elif what == "correct":
        given: Any = {
            "period": found,
            "figures": form.figures(),
            "reason": form.cleaned_data["reason"],
            "by": request.user,
        }
        cost = form.cleaned_data.get("cost")
        actions.audit(cost=cost, **given) if cost else actions.correct(**given)
        messages.success(request, _("Corrected. A new statement is issued."))
    else:
        actions.dispute(period=found, remark=form.cleaned_data["remark"], by=request.user)
        messages.success(request, _("Sent back. The licensee reports anew."))


def _reported(figures: Any) -> list[dict[str, Any]]:
    """Reported figures as rows of a table."""
    rows = []
    for product, row in figures.items():
        rows.append({"product": product, "label": _("Gross receipts"), "sum": row["gross"]})
        if "units" in row:
            rows.append({"product": product, "label": _("Units, net of returns"), "count": row["units"]})
        rows += [
            {"product": product, "label": DEDUCTIONS[name], "sum": wire}
            for name, wire in row.get("deductions", {}).items()
        ]
        if "third_party" in row:
            label = _("Royalties paid to third parties")
            rows.append({"product": product, "label": label, "sum": row["third_party"]})
    return rows


def _words(document: Any, role: str) -> list[str]:
    """The terms in plain words, in the reader's language, for the licensee or for everybody else as the licensor reads them."""
    side = LICENSEE if role == access.LICENSEE else LICENSOR
    place = 0 if (get_language() or "").startswith("zh") else 1
    return [pair[place] for pair in plain_words(document, side)]


def _page(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


def _around(page: Page[Any]) -> dict[str, str]:
    """Where the pages before and after are."""
    return {
        "prev_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
