"""The agency's doors to its filings: the queue, and one filing with the step that comes next."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from market.filings import access, actions, queries
from market.filings.forms import FORMS
from market.filings.rules import steps
from market.kernel.errors import Refused
from market.parties.access import agency_of

PAGE = 50
# Step -> the button that takes it, and the action behind it.
BUTTONS: dict[str, str | Promise] = {
    steps.SUBMIT: gettext_lazy("Enter the submission"),
    steps.CORRECT: gettext_lazy("Enter the notice to correct"),
    steps.RESUBMIT: gettext_lazy("Enter the new submission"),
    steps.ACCEPT: gettext_lazy("Enter the recordal"),
    steps.REFUSE: gettext_lazy("Enter the refusal"),
}
ACTIONS: dict[str, Callable[..., object]] = {
    steps.SUBMIT: actions.submit,
    steps.CORRECT: actions.request_correction,
    steps.RESUBMIT: actions.resubmit,
    steps.ACCEPT: actions.accept,
    steps.REFUSE: actions.refuse,
}


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The agency's filings: those that wait, the first due first, and the latest that are recorded."""
    agency = agency_of(request.user)
    context = {"waiting": queries.waiting(agency)[:PAGE], "recorded": queries.recorded(agency)[:PAGE]}
    return render(request, "filings/desk.html", context)


@login_required
def filing(request: HttpRequest, code: str) -> HttpResponse:
    """One filing: its pack, its history, and the steps that may come next, the expected one first."""
    found = access.filing_for(request.user, code)
    asked, status = request.POST.get("step", ""), 200
    allowed = steps.STEPS[found.state]
    offered = {step: FORMS[step](prefix=step) for step in allowed}
    if request.method == "POST":
        if asked not in FORMS:
            raise Http404
        form, status = FORMS[asked](request.POST, request.FILES, prefix=asked), 422
        if form.is_valid():
            try:
                ACTIONS[asked](found, by=request.user, **form.said())
            except Refused as refused:
                form.refuse(refused)
                status = refused.status
            else:
                messages.success(request, _("Entered. Seller and buyer see it in the deal."))
                return redirect("filing", code=code)
        offered = {**offered, asked: form}
    doors = [{"step": step, "form": form, "button": BUTTONS[step]} for step, form in offered.items()]
    context = {"filing": found, "doors": doors, "asked": asked, "history": queries.history(found)}
    return render(request, "filings/filing.html", context, status=status)
