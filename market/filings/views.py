"""The agency's doors to its filings: the queue, and one filing with the step that comes next."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from market.filings import access, actions, queries
from market.filings.forms import FORMS, StepForm
from market.filings.models import Filing
from market.filings.rules import steps
from market.kernel.errors import Conflict, Refused
from market.parties.access import SignedIn, agency_of

PAGE = 50
VIEWS = {"open": gettext_lazy("To be carried on"), "recorded": gettext_lazy("Recorded")}
# Step -> the button that takes it, and the action behind it.
BUTTONS: dict[str, str | Promise] = {
    steps.SUBMIT: gettext_lazy("Enter the submission"),
    steps.CORRECT: gettext_lazy("Enter the notice to correct"),
    steps.RESUBMIT: gettext_lazy("Enter the new submission"),
    steps.ACCEPT: gettext_lazy("Enter the recordal"),
    steps.REFUSE: gettext_lazy("Enter the refusal"),
    steps.WITHDRAW: gettext_lazy("Enter the withdrawal"),
}
ACTIONS: dict[str, Callable[..., object]] = {
    steps.SUBMIT: actions.submit,
    steps.CORRECT: actions.request_correction,
    steps.RESUBMIT: actions.resubmit,
    steps.ACCEPT: actions.accept,
    steps.REFUSE: actions.refuse,
    steps.WITHDRAW: actions.withdraw,
}


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The agency's filings: those that wait, the first due first, or those that are recorded, newest first."""
    agency = agency_of(request.user)
    shown = "recorded" if request.GET.get("view") == "recorded" else "open"
    rows = queries.recorded(agency) if shown == "recorded" else queries.waiting(agency)
    tabs = [{"label": label, "url": f"?view={name}", "current": name == shown} for name, label in VIEWS.items()]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "filings/desk.html", {"filings": page, "shown": shown, "tabs": tabs})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def filing(request: SignedIn, code: str) -> HttpResponse:
    """One filing: its pack, its history, and the steps that may come next, the expected one first."""
    found = access.filing_for(request.user, code)
    if request.method != "POST":
        return _page(request, found)
    step = request.POST.get("step", "")
    if step not in FORMS:
        raise Http404
    form = FORMS[step](found, request.POST, request.FILES, prefix=step)
    if not form.is_valid():
        return _page(request, found, step, form)
    try:
        ACTIONS[step](found, by=request.user, **form.said())
    except Conflict:
        raise
    except Refused as refused:
        form.refuse(refused)
        return _page(request, found, step, form)
    messages.success(request, _("Entered. The other parties see it, too."))
    return redirect("filing", code=code)


def _page(request: SignedIn, found: Filing, asked: str = "", form: StepForm | None = None) -> HttpResponse:
    """The page with an empty form for each step that may come next, or with the one that was sent and its faults."""
    forms = {step: FORMS[step](found, prefix=step) for step in queries.steps_of(found)}
    if form is not None:
        forms[asked] = form
    doors: list[dict[str, Any]] = [
        {"step": step, "form": made, "button": BUTTONS[step], "open": step == asked} for step, made in forms.items()
    ]
    context = {
        "filing": found,
        "office": queries.office(found),
        "doors": doors,
        "may_enter": access.may_enter(request.user, found),
        "history": queries.history(found),
    }
    return render(request, "filings/filing.html", context, status=422 if form else 200)
