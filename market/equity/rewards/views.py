"""The doors of rewards: plans and one's own statements, a new plan, a plan with its steps, and a unit's report of a year."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from market.equity import access as equity
from market.equity.rewards import access, actions, queries
from market.equity.rewards.forms import ForceForm, ObjectForm, PayForm, PlanForm, ProfitForm
from market.equity.rewards.models import RewardPlan
from market.equity.rewards.report import workbook
from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.access import SignedIn

PAGE = 25
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS: dict[str, type[Any]] = {"object": ObjectForm, "force": ForceForm, "profit": ProfitForm, "pay": PayForm}


@login_required
@require_safe
def plans(request: SignedIn) -> HttpResponse:
    """The plans of the party the reader acts for, a page at a time, and what it was due last."""
    page = _paged(request, access.plans_for(request.user))
    context = {"statements": access.rewards_for(request.user)[:PAGE], "year": clock.today().year}
    return render(request, "equity/rewards/plans.html", {**context, **page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """A unit makes a plan public."""
    unit = equity.contributor(request.user)
    form, status = PlanForm(unit), 200
    if request.method == "POST":
        form, status = PlanForm(unit, request.POST, request.FILES), 422
        if form.is_valid():
            try:
                given = access.published_by(request.user, unit, form.cleaned_data)
                made = actions.publish(**given, paper=form.paper())
            except Refused as refused:
                form.refuse(refused)
            else:
                messages.success(request, _("Made public. Everybody who shares in it has been told."))
                return redirect("reward-plan", code=made.code)
    return render(request, "equity/rewards/new.html", {"form": form, "unit": unit}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: SignedIn, code: str) -> HttpResponse:
    """A plan: what was made public, the statements the reader may read, and the step the reader may take."""
    found = access.plan_for(request.user, code)
    asked, form = request.POST.get("step", ""), None
    if request.method == "POST":
        if asked not in FORMS:
            raise Http404
        form = FORMS[asked](request.POST)
        if form.is_valid():
            try:
                _STEPS[asked](request, found, form.cleaned_data)
            except Refused as refused:
                form.refuse(refused)
            else:
                messages.success(request, _("Entered."))
                return redirect("reward-plan", code=code)
    context = {
        "plan": found,
        "people": found.people.select_related("party"),
        "forms": {step: form if step == asked and form else FORMS[step]() for step in _open(request, found)},
        "asked": asked,
        "unit": access.may_enter(request.user, found),
        "today": clock.today(),
        **_paged(request, access.rewards_in(request.user, found)),
    }
    return render(request, "equity/rewards/plan.html", context, status=422 if form else 200)


@login_required
@require_safe
def report(request: SignedIn, year: int) -> HttpResponse:
    """What the reader's unit earned of its results in a year and gave to those who made them (促进科技成果转化法 21)."""
    unit = equity.contributor(request.user)
    rows = queries.income_of(unit, year)
    if request.GET.get("form") == "xlsx":
        headers = {"Content-Disposition": f'attachment; filename="results-{year}.xlsx"'}
        return HttpResponse(workbook(queries.totals(unit, year), rows), content_type=XLSX, headers=headers)
    context = {"unit": unit, "year": year, "totals": queries.totals(unit, year), **_paged(request, rows)}
    return render(request, "equity/rewards/report.html", context)


def _open(request: SignedIn, found: RewardPlan) -> list[str]:
    """The steps whose forms the page shows to the reader."""
    if not access.may_enter(request.user, found):
        can_object = found.state == RewardPlan.State.PUBLIC and access.objecting(request.user, found) is not None
        return ["object"] if can_object and clock.today() <= found.public_until else []
    if found.state == RewardPlan.State.IN_FORCE:
        return ["profit", "pay"]
    return ["force"] if clock.today() > found.public_until and found.state != RewardPlan.State.ENDED else []


def _object(request: SignedIn, found: RewardPlan, said: dict[str, Any]) -> object:
    party = access.objecting(request.user, found)
    if party is None:
        raise Http404
    return actions.object_to(plan=found, by=request.user, party=party, note=said["note"])


_STEPS: dict[str, Callable[[SignedIn, RewardPlan, dict[str, Any]], object]] = {
    "object": _object,
    "force": lambda request, found, said: actions.put_in_force(plan=found, by=request.user, **said),
    "profit": lambda request, found, said: actions.profit(plan=found, by=request.user, **said),
    "pay": lambda request, found, said: actions.pay(
        reward=access.reward_of(request.user, found, said["reward"]), on=said["on"], by=request.user
    ),
}


def _paged(request: HttpRequest, rows: QuerySet[Any]) -> dict[str, Any]:
    page: Page[Any] = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return {
        "page": page,
        "prev_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
