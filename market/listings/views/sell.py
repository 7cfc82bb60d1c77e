"""The seller's doors: own listings, the wizard step by step, handing over, withdrawing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.kernel.errors import Conflict, Refused
from market.kernel.words import sentence
from market.listings import access, actions, conditions, queries, rules
from market.listings.forms.listing import CheckForm, WithdrawForm
from market.listings.forms.right import StartForm
from market.listings.models import Listing
from market.listings.views import steps
from market.parties.access import SignedIn
from market.rights.models import Right
from market.rights.queries import burdens, holders

VIEWS = {"open": gettext_lazy("In preparation"), "live": gettext_lazy("On the market"), "over": gettext_lazy("Ended")}
PAGE = require_http_methods(["GET", "HEAD", "POST"])
# The refusals of a step that belong beside one of its fields.
ON_FIELD = {"listing.no_price": "asking", "listing.not_agency": "agency", "listing.own_agency": "agency"}
ON_FIELD |= {f"fees.{why}": "seller_schedule" for why in ("not_offered", "cap", "currency")}


@login_required
@require_safe
def sell(request: SignedIn) -> HttpResponse:
    """Own listings in three views, and how to begin a new one."""
    party = access.seller_of(request.user)
    view = request.GET.get("view", "open")
    view = view if view in VIEWS else "open"
    numbers = queries.numbers_of(party)
    tabs = [
        {"label": words, "url": f"?view={name}", "count": numbers[name], "current": name == view}
        for name, words in VIEWS.items()
    ]
    context = {
        "party": party,
        "tabs": tabs,
        "listings": queries.of_seller(party, view),
        "fresh": not any(numbers.values()),
    }
    return render(request, "listings/sell.html", context)


@login_required
@PAGE
def new(request: SignedIn) -> HttpResponse:
    """Which kind of right, then its number; the draft begins here."""
    party = access.seller_of(request.user)
    kind = request.GET.get("kind", "")
    if kind not in Right.Kind.values:
        return render(request, "listings/sell_kind.html", {"kinds": Right.Kind.choices})
    form = StartForm(kind, request.POST if request.method == "POST" else None)
    exists = ""
    if form.is_bound and form.is_valid():
        try:
            listing = actions.begin(described=form.cleaned_data["described"], seller=party, by=request.user)
        except Refused as refused:
            form.add_error("number", sentence(refused))
            exists = str(refused.facts.get("listing", ""))
        else:
            return redirect("sell-step", listing.code, "particulars")
    context = {"form": form, "kind": Right.Kind(kind).label, "exists": exists}
    return render(request, "listings/sell_new.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
def listing(request: SignedIn, code: str) -> HttpResponse:
    """Where one's own listing stands and what to do next; a draft goes on where it was left."""
    found = access.own_listing_for(request.user, code)
    if found.state == Listing.State.DRAFT:
        missing = rules.missing_steps(queries.done(found))
        remarked = [step for name, step in rules.REVIEWED.items() if name in found.remarks]
        return redirect("sell-step", code, next(iter([*remarked, *missing]), "check"))
    context = {"listing": found, "form": WithdrawForm(), "may_withdraw": found.state in _WITHDRAWABLE}
    return render(request, "listings/sell_listing.html", context)


_WITHDRAWABLE = frozenset(
    state for state, to in Listing.MOVES.items() if Listing.State.WITHDRAWN in to and state != Listing.State.IN_SALE
)


@login_required
@PAGE
def step(request: SignedIn, code: str, step: str) -> HttpResponse:
    """One step of the wizard."""
    found = access.own_listing_for(request.user, code)
    if step not in steps.TITLES:
        raise Http404
    if found.state != Listing.State.DRAFT:
        return redirect("sell-listing", code)
    if step == "check":
        return _check(request, found)
    if step in steps.FIXED and (steps.verified(found) or step == "right"):
        context = {"owners": holders(found.right), "burdens": burdens(found.right), "next": _next(request, step)}
        return render(request, "listings/sell_fixed.html", steps.wizard(found, step) | context)
    if step == "evidence":
        return _evidence(request, found)
    return _edit(request, found, step)


def _edit(request: SignedIn, found: Listing, step: str) -> HttpResponse:
    """Show the form of a step, or save it and go on; a stale one shows both versions."""
    made = steps.STEPS[step]
    form = made.form(found, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        typed = request.POST.get("edition", "")
        try:
            made.save(found, form, int(typed) if typed.isdecimal() and len(typed) < 10 else 0, request.user)
        except Conflict:
            return _outdated(request, found, form, step)
        except Refused as refused:
            form.add_error(ON_FIELD.get(refused.code), sentence(refused))
        else:
            return redirect("sell-step", found.code, _next(request, step))
    context = steps.wizard(found, step) | {"form": form, "back": request.GET.get("back", "")}
    return render(request, made.template, context, status=422 if form.is_bound else 200)


def _next(request: SignedIn, step: str) -> str:
    """The step after this one, or the check page when one came from there."""
    return "check" if request.GET.get("back") == "check" else rules.STEPS[rules.STEPS.index(step) + 1]


def _outdated(request: SignedIn, found: Listing, form: Any, step: str) -> HttpResponse:
    """Both versions side by side: what was typed here, and what somebody else stored meanwhile."""
    stored = steps.STEPS[step].form(access.own_listing_for(request.user, found.code), None)
    rows = []
    for field in form:
        mine = form.data.get(field.html_name, "")
        theirs = stored[field.name].value() if field.name in stored.fields else ""
        shown = "" if theirs is None or field.name == "reserve" else str(getattr(theirs, "code", theirs))
        if field.name != "reserve":
            rows.append((field.label, mine, shown, mine.strip() != shown.strip()))
    back = reverse("sell-step", args=[found.code, step])
    return render(request, "409.html", {"rows": rows, "back_url": back}, status=409)


def _evidence(request: SignedIn, found: Listing) -> HttpResponse:
    """The papers about the right: what is there, what is missing, and a form for one more."""
    form = steps.paper_form(found, *((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        try:
            steps.save_paper(found, form, request.user)
        except Refused as refused:
            form.add_error("file", sentence(refused))
        else:
            messages.success(request, _("The paper is stored."))
            return redirect(request.get_full_path())
    context = {"form": form, "missing": steps.missing_papers(found), "next": _next(request, "evidence")}
    context |= {"papers": queries.papers(found), "fixed": steps.verified(found)}
    page = steps.wizard(found, "evidence") | context
    return render(request, "listings/sell_evidence.html", page, status=422 if form.is_bound else 200)


def _check(request: SignedIn, found: Listing) -> HttpResponse:
    """Every answer with its Change link, what bars the listing, and the hand-over."""
    form = CheckForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.submit(found, by=request.user)
        except Refused as refused:
            form.add_error(None, sentence(refused))
        else:
            return redirect("sell-done", found.code)
    blockers = queries.blockers_of(found)
    context = steps.wizard(found, "check") | {
        "form": form,
        "missing": [steps.TITLES[step] for step in rules.missing_steps(queries.done(found))],
        "blockers": blockers,
        "ask_at": reverse("asset-ask", args=[found.code]) if conditions.can_ask(found, blockers) else "",
        "owners": holders(found.right),
        "burdens": burdens(found.right),
        "papers": queries.papers(found),
        "reserved": queries.has_reserve(found),
        **steps.rates(found),
    }
    return render(request, "listings/sell_check.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
def done(request: SignedIn, code: str) -> HttpResponse:
    """The confirmation after handing over."""
    found = access.own_listing_for(request.user, code)
    if found.state == Listing.State.DRAFT:
        return redirect("sell-listing", code)
    return render(request, "listings/sell_done.html", {"listing": found})


@login_required
@require_POST
def withdraw(request: SignedIn, code: str) -> HttpResponse:
    """Take one's own listing off the market."""
    found = access.own_listing_for(request.user, code)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        actions.withdraw(found, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("The listing is withdrawn."))
    return redirect(f"{reverse('sell')}?view=over")
