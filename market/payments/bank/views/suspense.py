"""The lines of the statements, and the screen on which a person decides what becomes of one in suspense."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from market.kernel.errors import Refused
from market.parties.access import SignedIn, agency_of
from market.payments import queries as money
from market.payments.access import desk_charge_for, desk_payout_for, may_pay
from market.payments.bank import access, actions, queries, rules
from market.payments.bank.forms import NoteForm
from market.payments.bank.models import Line
from market.payments.forms import ReferenceForm
from market.payments.models import Charge
from market.payments.views.pages import page_of


@login_required
@require_safe
def lines(request: SignedIn) -> HttpResponse:
    """The lines in suspense, those decided and those matched."""
    agency, state = agency_of(request.user), request.GET.get("state", "waiting")
    words = {"waiting": _("In suspense"), "decided": _("Decided"), "matched": _("Matched")}
    shown = state if state in words else "waiting"
    context = {
        "shown": shown,
        "tabs": [{"label": word, "url": f"?state={one}", "current": one == shown} for one, word in words.items()],
        "lines": page_of(queries.lines_of(agency, shown), request.GET.get("page")),
    }
    return render(request, "payments/bank/lines.html", context)


@login_required
@require_safe
def line(request: SignedIn, code: str) -> HttpResponse:
    """One line: what the bank said, what it may be, and the decisions there are."""
    return _line(request, access.line_for(request.user, code), NoteForm(), 200)


def _line(request: SignedIn, found: Line, form: NoteForm, status: int) -> HttpResponse:
    waits = bool(found.reason) and not hasattr(found, "decided")
    searching, asked = ReferenceForm(request.GET), None
    if waits and searching.is_valid() and searching.cleaned_data["q"]:
        asked = _asked(found, searching)
    charges = queries.charges_near(found) if waits else []
    context: dict[str, Any] = {
        "line": found,
        "waits": waits,
        "form": form,
        "searching": searching,
        "charges": [asked] if asked else charges,
        "beside": queries.beside(found) if waits else [],
        "opposite": queries.opposite(found) if waits else [],
        "payouts": queries.payouts_near(found) if waits else [],
        "bookable": rules.may_be_the_banks(
            credit=found.credit, named=bool(found.charge_id or found.payout_id), account=found.other_account
        ),
        "payer": queries.payer_of(found) if waits and found.credit else None,
        "may_pay": may_pay(request.user, found.account.agency),
    }
    return render(request, "payments/bank/line.html", context, status=status)


def _asked(found: Line, searching: ReferenceForm) -> Charge | None:
    """The charge somebody looked for by its reference."""
    try:
        charge = money.charge_with(found.account.agency, searching.cleaned_data["q"])
    except Refused as refused:
        searching.refuse(refused)
        return None
    if charge is None:
        searching.add_error("q", _("No charge of ours has this reference. Look at the payer's name in the list."))
    return charge


@login_required
@require_POST
def decide(request: SignedIn, code: str, verb: str) -> HttpResponse:
    """Carry out one decision about a line; `verb` says which."""
    found = access.line_for(request.user, code)
    act = _VERBS.get(verb)
    if act is None:
        raise Http404
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _line(request, found, form, 422)
    try:
        act(request, found, form.cleaned_data["note"])
    except Refused as refused:
        form.refuse(refused)
        return _line(request, found, form, refused.status)
    messages.success(request, _("Decided, and entered in the books."))
    return redirect("bank-lines")


def _attach(request: SignedIn, found: Line, note: str) -> None:
    charge = desk_charge_for(request.user, request.POST.get("charge", ""))
    actions.attach(lines=_with_others(request, found), charge=charge, note=note, by=request.user)


def _surplus(request: SignedIn, found: Line, note: str) -> None:
    charge = desk_charge_for(request.user, request.POST.get("charge", ""))
    actions.accept_surplus(lines=_with_others(request, found), charge=charge, note=note, by=request.user)


def _with_others(request: SignedIn, found: Line) -> list[Line]:
    return [found, *access.lines_for(request.user, request.POST.getlist("also"))]


def _refund(request: SignedIn, found: Line, note: str) -> None:
    actions.refund(line=found, note=note, by=request.user)


def _book(request: SignedIn, found: Line, note: str) -> None:
    actions.book_own(line=found, note=note, by=request.user)


def _offset(request: SignedIn, found: Line, note: str) -> None:
    other = access.line_for(request.user, request.POST.get("other", ""))
    actions.offset(line=found, other=other, note=note, by=request.user)


def _payout(request: SignedIn, found: Line, note: str) -> None:
    payout = desk_payout_for(request.user, request.POST.get("payout", ""))
    actions.name_payout(line=found, payout=payout, note=note, by=request.user)


_VERBS: dict[str, Callable[[SignedIn, Line, str], None]] = {
    "attach": _attach,
    "surplus": _surplus,
    "refund": _refund,
    "book": _book,
    "offset": _offset,
    "payout": _payout,
}
