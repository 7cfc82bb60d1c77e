"""The doors of dividend rights: plans and one's own statements, a new plan, a plan with its declarations, a declaration."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from market.equity import access as equity
from market.equity.dividends import access, actions, queries
from market.equity.dividends.forms import DeclareForm, PlanForm
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.parties.access import SignedIn

PAGE = 25


@login_required
@require_safe
def plans(request: SignedIn) -> HttpResponse:
    """The plans of the party the reader acts for, a page at a time, and what it got last."""
    page = Paginator(access.plans_for(request.user), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "statements": access.statements_for(request.user)[:PAGE],
        "prev_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "equity/dividends/plans.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """A payer promises dividends."""
    payer = equity.contributor(request.user)
    form, status = PlanForm(), 200
    if request.method == "POST":
        form, status = PlanForm(request.POST), 422
        if form.is_valid():
            try:
                made = actions.plan(**access.planned_by(request.user, payer, form.cleaned_data))
            except Refused as refused:
                form.refuse(refused)
            else:
                messages.success(request, _("Promised. Everybody who shares in it has been told."))
                return redirect("dividend-plan", code=made.code)
    return render(request, "equity/dividends/new.html", {"form": form, "payer": payer}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: SignedIn, code: str) -> HttpResponse:
    """A plan: its terms, its declarations, and for the payer the next one."""
    found = access.plan_for(request.user, code)
    upcoming = queries.next_period(found) if found.state == found.State.ACTIVE else None
    due = upcoming is not None and upcoming[2] < clock.today() and access.may_declare(request.user, found)
    form, status = DeclareForm() if due else None, 200
    if request.method == "POST" and upcoming is not None:
        form, status = DeclareForm(request.POST, request.FILES), 422
        if form.is_valid():
            base = form.cleaned_data["base"] or Money.zero(found.currency)
            try:
                made = actions.declare(
                    plan=found, number=upcoming[0], base=base, evidence=form.evidence(), by=request.user
                )
            except Refused as refused:
                form.refuse(refused)
            else:
                messages.success(request, _("Declared. Everybody who shares in it has been told."))
                return redirect("dividend", code=made.code)
    page = Paginator(found.declarations.order_by("-number"), PAGE).get_page(request.GET.get("page"))
    context = {
        "plan": found,
        "upcoming": upcoming,
        "form": form,
        "page": page,
        "people": found.beneficiaries.select_related("party"),
        "declared": queries.declared_before(found),
        "prev_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "equity/dividends/plan.html", context, status=status)


@login_required
@require_safe
def declaration(request: SignedIn, code: str) -> HttpResponse:
    """A declaration: how it comes about, and the statement of each person the reader may read."""
    found = access.declaration_for(request.user, code)
    context = {"declaration": found, "plan": found.plan, "statements": access.statements_in(request.user, found)}
    return render(request, "equity/dividends/declaration.html", context)
