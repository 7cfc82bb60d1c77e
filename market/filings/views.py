"""The agency's doors to its filings: the queue, and one filing with the step that comes next."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from market.filings import access, actions, queries
from market.filings.forms import FORMS
from market.filings.rules import steps
from market.kernel.steps import Step, doors, take
from market.parties.access import SignedIn, agency_of

PAGE = 50
VIEWS = {"open": gettext_lazy("To be carried on"), "recorded": gettext_lazy("Recorded")}
STEPS = {
    steps.SUBMIT: Step(gettext_lazy("Enter the submission"), FORMS[steps.SUBMIT], actions.submit),
    steps.CORRECT: Step(gettext_lazy("Enter the notice to correct"), FORMS[steps.CORRECT], actions.request_correction),
    steps.RESUBMIT: Step(gettext_lazy("Enter the new submission"), FORMS[steps.RESUBMIT], actions.resubmit),
    steps.ACCEPT: Step(gettext_lazy("Enter the recordal"), FORMS[steps.ACCEPT], actions.accept),
    steps.REFUSE: Step(gettext_lazy("Enter the refusal"), FORMS[steps.REFUSE], actions.refuse),
    steps.WITHDRAW: Step(gettext_lazy("Enter the withdrawal"), FORMS[steps.WITHDRAW], actions.withdraw),
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
    faulty = take(request, STEPS, found) if request.method == "POST" else None
    if request.method == "POST" and faulty is None:
        messages.success(request, _("Entered. The other parties see it, too."))
        return redirect("filing", code=code)
    due = queries.steps_of(found)
    context = {
        "filing": found,
        "office": queries.office(found),
        "doors": doors(STEPS, found, due, due[:1], faulty),
        "may_enter": access.may_enter(request.user, found),
        "history": queries.history(found),
    }
    return render(request, "filings/filing.html", context, status=422 if faulty else 200)
