"""The agency's door to the register entry of a right it has verified: what the office shows is entered here."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.listings import access, entering
from market.listings.access import reviewer_of
from market.listings.forms.register import BurdenForm, DaysForm, ReleaseForm, StateForm
from market.listings.models import Listing
from market.listings.views import steps
from market.parties.access import SignedIn
from market.parties.models import User
from market.rights import actions
from market.rights.models import Right
from market.rights.queries import blockers_of, burdens, consents, holders
from market.rights.rules.intents import ASSIGN
from market.rights.rules.register import ENDS


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: SignedIn, code: str) -> HttpResponse:
    """The entry with its blockers, and a form for each thing the office may show."""
    found = access.review_for(request.user, code)
    if found.right.state == Right.State.DRAFT:
        return redirect("desk-review", code)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    posted = (request.POST, request.FILES)
    forms = {
        "burden": BurdenForm(found.right, *(posted if act == "burden" else ()), prefix="burden"),
        "state": StateForm(found.right, *(posted if act == "state" else ()), prefix="state"),
        "days": DaysForm(found.right, *(posted if act == "days" else ()), prefix="days"),
        "consent": steps.paper_form(found, *(posted if act == "consent" else ())),
    }
    release = ReleaseForm(*posted) if act == "release" else None
    if request.method == "POST":
        access.reviewer_of(request.user)
        form = release or forms.get(act)
        if act != "looked_up" and form is None:
            raise Http404
        if form is None or form.is_valid():
            try:
                _ACTS[act](found, form, request.user)
            except Refused as refused:
                messages.error(request, sentence(refused))
            else:
                messages.success(request, _("The register entry is up to date."))
                return redirect("desk-register", code)
    context = {
        "listing": found,
        "forms": forms,
        "release": release,
        "blockers": blockers_of(found.right, ASSIGN, seller=found.seller),
        "owners": holders(found.right),
        "rows": [
            (row, ReleaseForm(initial={"burden": row.pk}, auto_id=f"id_%s_{row.pk}")) for row in burdens(found.right)
        ],
        "consents": consents(found.right),
    }
    return render(request, "listings/register.html", context, status=422 if request.method == "POST" else 200)


def _looked_up(found: Listing, form: Any, user: User) -> None:
    actions.verify(found.right, by=user)


def _burden(found: Listing, form: BurdenForm, user: User) -> None:
    burden = form.burden()
    paper = steps.paper_of(form, f"{burden['kind']} {burden['number']}")
    entering.burden(found, agency=reviewer_of(user), by=user, paper=paper, **burden)


def _release(found: Listing, form: ReleaseForm, user: User) -> None:
    burden = next((row for row in burdens(found.right) if row.pk == form.cleaned_data["burden"]), None)
    if burden is None:
        raise Http404
    paper = steps.paper_of(form, f"{ENDS[burden.kind]} {burden.number or burden.pk}")
    on = form.cleaned_data["on"]
    entering.release(found, row=burden, on=on, agency=reviewer_of(user), by=user, paper=paper)


def _state(found: Listing, form: StateForm, user: User) -> None:
    data = form.cleaned_data
    paper = steps.paper_of(form, data["state"])
    entering.state(found, to=data["state"], source=data["source"], agency=reviewer_of(user), by=user, paper=paper)


def _days(found: Listing, form: DaysForm, user: User) -> None:
    data = form.cleaned_data
    paper = steps.paper_of(form, f"days {data['expires_on']} {data.get('annuity_paid_to')}")
    days = {"expires_on": data["expires_on"], "annuity_paid_to": data.get("annuity_paid_to")}
    entering.days(found, source=data["source"], agency=reviewer_of(user), by=user, paper=paper, **days)


_ACTS: dict[str, Callable[[Listing, Any, User], None]] = {
    "looked_up": _looked_up,
    "burden": _burden,
    "release": _release,
    "state": _state,
    "days": _days,
    "consent": steps.file_paper,
}
