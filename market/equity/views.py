"""The doors of contributions: the list, a proposal, and one contribution with its cap table and the step that comes next."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from market.equity import access, actions, charts, queries
from market.equity.forms import FORMS, ProposeForm, WhatIfForm
from market.equity.models import Contribution
from market.equity.rules import contributing
from market.equity.rules.what_if import INVESTORS, SAFE, what_if
from market.kernel.errors import Refused
from market.kernel.steps import Step, doors, take
from market.parties.access import SignedIn

PAGE = 25
STEPS = {
    contributing.VALUE: Step(gettext_lazy("Enter the appraisal report"), FORMS[contributing.VALUE], actions.value),
    contributing.RESOLVE: Step(gettext_lazy("Enter the resolution"), FORMS[contributing.RESOLVE], actions.resolve),
    contributing.FILE: Step(gettext_lazy("Enter the submission"), FORMS[contributing.FILE], actions.file),
    contributing.REFUSE: Step(gettext_lazy("Enter the refusal"), FORMS[contributing.REFUSE], actions.refuse),
    contributing.RECORD: Step(gettext_lazy("Enter the recordal"), FORMS[contributing.RECORD], actions.record),
    contributing.CERTIFY: Step(gettext_lazy("Issue the certificates"), FORMS[contributing.CERTIFY], actions.certify),
    contributing.CALL: Step(gettext_lazy("Call for the contribution"), FORMS[contributing.CALL], actions.call),
    contributing.FORFEIT: Step(gettext_lazy("Give notice of forfeiture"), FORMS[contributing.FORFEIT], actions.forfeit),
    contributing.DISPOSE: Step(
        gettext_lazy("Enter what became of the shares"), FORMS[contributing.DISPOSE], actions.dispose
    ),
    contributing.GRANT: Step(gettext_lazy("Grant an option"), FORMS[contributing.GRANT], actions.grant_option),
    contributing.WITHDRAW: Step(
        gettext_lazy("Withdraw the contribution"), FORMS[contributing.WITHDRAW], actions.withdraw
    ),
}
STORY: dict[str, Promise] = {
    "contribution.proposed": gettext_lazy("Contribution proposed"),
    "contribution.valued": gettext_lazy("Appraisal report entered"),
    "contribution.resolved": gettext_lazy("Shareholders resolved"),
    "contribution.filed": gettext_lazy("Change of owner filed"),
    "contribution.refused": gettext_lazy("Refused by the office"),
    "contribution.title_transferred": gettext_lazy("Title passed to the company"),
    "contribution.certified": gettext_lazy("Certificates issued"),
    "contribution.overdue": gettext_lazy("Overdue"),
    "contribution.lapsed": gettext_lazy("Grace ended"),
    "contribution.called": gettext_lazy("Called for in writing"),
    "contribution.forfeited": gettext_lazy("Shares forfeited"),
    "contribution.disposed": gettext_lazy("Forfeited shares dealt with"),
    "contribution.option_granted": gettext_lazy("Option granted"),
    "contribution.withdrawn": gettext_lazy("Contribution withdrawn"),
}
NEW_HOLDERS = {SAFE: gettext_lazy("SAFE investor"), INVESTORS: gettext_lazy("Investors of the round")}


@login_required
@require_safe
def contributions(request: SignedIn) -> HttpResponse:
    """The contributions of the party the reader acts for, a page at a time."""
    page = Paginator(access.contributions_for(request.user), PAGE).get_page(request.GET.get("page"))
    around = {
        "prev_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "equity/contributions.html", {"page": page, **around})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: SignedIn) -> HttpResponse:
    """A holder proposes to contribute one of its rights."""
    party = access.contributor(request.user)
    form, status = ProposeForm(party), 200
    if request.method == "POST":
        form, status = ProposeForm(party, request.POST), 422
        if form.is_valid():
            try:
                made = actions.propose(**access.proposed_by(request.user, party, form.cleaned_data))
            except Refused as refused:
                form.refuse(refused)
            else:
                messages.success(request, _("Proposed. The company and the agency have been told."))
                return redirect("contribution", code=made.code)
    return render(request, "equity/propose.html", {"form": form, "party": party}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def contribution(request: SignedIn, code: str) -> HttpResponse:
    """One contribution: its cap table before and after, its papers, and the steps the reader may take, the expected first."""
    found = access.contribution_for(request.user, code)
    faulty = take(request, STEPS, found) if request.method == "POST" else None
    if request.method == "POST" and faulty is None:
        messages.success(request, _("Entered. All three parties have been told."))
        return redirect("contribution", code=code)
    expected = queries.steps_of(found)[:1] if found.state in contributing.WAITS else []
    rows = queries.cap_table(found)
    context = {
        "contribution": found,
        "role": access.role_of(request.user, found),
        "doors": doors(STEPS, found, access.steps_for(request.user, found), expected, faulty),
        "waits": contributing.WAITS.get(found.state, ""),
        "rows": rows,
        "bars": charts.bars([(row.holder, row.before, row.after) for row in rows]),
        "board": charts.WIDE,
        "tall": charts.tall(rows),
        "subscribed": queries.subscribed(found),
        "options": queries.vesting(found),
        "pool_left": queries.pool_left(found),
        "dispose_by": contributing.dispose_by(found.forfeited_on) if found.forfeited_on else None,
        "story": [
            {"at": fact.at, "title": STORY[fact.name], "text": fact.data.get("note", "")}
            for fact in queries.story(found)[:PAGE]
        ],
        **_what_if(request, found),
    }
    return render(request, "equity/contribution.html", context, status=422 if faulty else 200)


def _what_if(request: HttpRequest, found: Contribution) -> dict[str, Any]:
    """The table after a round the reader typed into the address; nothing is kept."""
    if "pre_money" not in request.GET:
        return {"what_if": WhatIfForm()}
    form = WhatIfForm(request.GET)
    if not form.is_valid():
        return {"what_if": form}
    held = queries.now_held(found)
    now = {row.holder: row.part for row in held}
    try:
        then = what_if(held, form.round())
    except Refused as refused:
        form.refuse(refused)
        return {"what_if": form}
    rows = [(str(NEW_HOLDERS.get(row.holder, row.holder)), now.get(row.holder, 0 * row.part), row.part) for row in then]
    return {"what_if": form, "then": charts.bars(rows), "then_tall": charts.tall(rows)}
