"""The doors of conditions: what a party is asked for, and one request with its answer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.access import SignedIn
from market.rights.conditions import access, actions, queries
from market.rights.conditions.forms import WORDS, AnswerForm
from market.rights.conditions.models import Condition
from market.rights.rules import conditions as rules
from market.rights.rules.law import cite
from market.trail import journal

HAPPENED = {
    "condition.opened": gettext_lazy("Asked for"),
    "condition.answered": gettext_lazy("Answered"),
    "condition.overdue": gettext_lazy("Reminded"),
}


@login_required
@require_safe
def consents(request: SignedIn) -> HttpResponse:
    """What the party is asked for, what it has answered, and what others owe it."""
    party = access.owner_of(request.user)
    context = {
        "waiting": queries.waiting_for(party),
        "answered": queries.answered_by(party),
        "asked": queries.asked_by(party),
    }
    return render(request, "rights/consents.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: SignedIn, code: str) -> HttpResponse:
    """One request: what is asked, on what ground, by when; and for who may answer, the answers."""
    found = access.condition_for(request.user, code)
    may = access.answers_of(request.user, found)
    form, status = (AnswerForm(found, may) if may else None), 200
    if request.method == "POST":
        form, status = AnswerForm(found, may, request.POST, request.FILES), 422
        if form.is_valid():
            try:
                actions.answer(found, by=request.user, **form.said())
            except Refused as refused:
                form.refuse(refused)
                status = refused.status
            else:
                messages.success(request, _("Thank you. Whoever waits for the answer has been told."))
                return redirect("consent", code=found.code)
    (standing,) = queries.standing([found])
    context = {
        "condition": found,
        "standing": standing,
        "form": form,
        "ground": str(cite(rules.GROUNDS[rules.Kind(found.kind)], found.right.kind, clock.today())),
        "given": WORDS.get(found.answer, ""),
        "mine": request.user.memberships.filter(party=found.owner).exists(),
        "story": [_told(found, fact) for fact in journal.facts_about(found.ref).order_by("-pk")],
    }
    return render(request, "rights/consent.html", context, status=status)


def _told(condition: Condition, fact: Any) -> dict[str, Any]:
    """A fact as a line of the timeline."""
    said = [str(WORDS[fact.data["answer"]])] if fact.data.get("answer") in WORDS else []
    said += [fact.data["remark"]] if fact.data.get("remark") else []
    return {"at": fact.at, "title": HAPPENED.get(fact.name, fact.name), "text": " · ".join(said), "who": ""}
