"""The agency's doors: charges to confirm, payouts to approve and to send."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.kernel.errors import Refused
from market.kernel.formats import money
from market.kernel.forms import answered
from market.parties.access import SignedIn, agency_of
from market.parties.queries import masked
from market.payments import access, actions, queries
from market.payments.forms import ApproveForm, ConfirmForm, NotFoundForm, ReferenceForm, SendForm
from market.payments.models import Charge, Payout
from market.payments.online import queries as online
from market.payments.views.pages import page_of


def _tabs(views: list[tuple[str, str]], shown: str) -> list[dict[str, object]]:
    """The saved views of a list, each an address."""
    return [{"label": label, "url": f"?state={state}", "current": state == shown} for state, label in views]


@login_required
@require_safe
def charges(request: SignedIn) -> HttpResponse:
    """The agency's charges; a payment reference from the bank statement leads straight to its charge."""
    agency = agency_of(request.user)
    form, status = ReferenceForm(request.GET), 200
    if form.is_valid() and form.cleaned_data["q"]:
        try:
            found = queries.charge_with(agency, form.cleaned_data["q"])
        except Refused as refused:
            form.refuse(refused)
            status = refused.status
        else:
            if found is not None:
                return redirect("desk-payment", code=found.code)
            form.add_error("q", _("No charge of ours has this reference. Look at the payer's name in the list."))
    state = request.GET.get("state", "open")
    shown = state if state in ("open", Charge.State.CONFIRMED, Charge.State.CANCELLED) else "open"
    context = {
        "form": form,
        "shown": shown,
        "tabs": _tabs([("open", _("Waiting")), ("confirmed", _("Received")), ("cancelled", _("Cancelled"))], shown),
        "charges": page_of(queries.expected_by(agency, shown), request.GET.get("page")),
    }
    return render(request, "payments/desk_charges.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def charge(request: SignedIn, code: str) -> HttpResponse:
    """One charge: what was reported, and the form that confirms what arrived."""
    found = access.desk_charge_for(request.user, code)
    form = ConfirmForm(due=found.amount, initial={"bank_reference": found.reported_number})
    status = 200
    if request.method == "POST":
        form = ConfirmForm(request.POST, due=found.amount)
        status = answered(form, actions.confirm, charge=found, by=request.user)
        if not status:
            messages.success(request, _("%(amount)s received. The payer is told.") % {"amount": money(found.amount)})
            return redirect("desk-payments")
    return _charge_page(request, found, form, NotFoundForm(), status)


def _charge_page(
    request: SignedIn, found: Charge, form: ConfirmForm, not_found_form: NotFoundForm, status: int
) -> HttpResponse:
    context = {
        "charge": found,
        "form": form,
        "not_found_form": not_found_form,
        "may_pay": access.may_pay(request.user, found.agency),
    }
    return render(request, "payments/desk_charge.html", context, status=status)


@login_required
@require_POST
def not_found(request: SignedIn, code: str) -> HttpResponse:
    """The agency does not see a reported payment: the payer is asked to look again."""
    found = access.desk_charge_for(request.user, code)
    form = NotFoundForm(request.POST)
    status = answered(form, actions.not_found, charge=found, by=request.user)
    if not status:
        messages.success(request, _("The payer is asked to look again."))
        return redirect("desk-payment", code=found.code)
    return _charge_page(request, found, ConfirmForm(due=found.amount), form, status)


@login_required
@require_safe
def payouts(request: SignedIn) -> HttpResponse:
    """What the agency has to approve and to send, and what it has sent."""
    agency, state = agency_of(request.user), request.GET.get("state", "")
    shown = state if state in Payout.State.values else Payout.State.DUE
    context = {
        "shown": shown,
        "tabs": _tabs([(state.value, str(state.label)) for state in Payout.State], shown),
        "payouts": page_of(queries.payouts_by(agency, shown), request.GET.get("page")),
    }
    return render(request, "payments/desk_payouts.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def payout(request: SignedIn, code: str) -> HttpResponse:
    """One payout: where it goes, who approved it, and the form that enters the transfer made at the bank."""
    found = access.desk_payout_for(request.user, code)
    form, status = SendForm(), 200
    if request.method == "POST":
        form = SendForm(request.POST)
        status = answered(form, actions.send_payout, payout=found, by=request.user)
        if not status:
            messages.success(request, _("Payout entered. The payee is told."))
            return redirect("desk-payouts")
    return _payout_page(request, found, ApproveForm(account=queries.payee_account(found)), form, status)


@login_required
@require_POST
def approve(request: SignedIn, code: str) -> HttpResponse:
    """One person of the agency releases a payout to the account shown, for another to send."""
    found = access.desk_payout_for(request.user, code)
    account = queries.payee_account(found)
    form, status = ApproveForm(request.POST, account=account), 422
    if form.is_valid():
        try:
            actions.approve_payout(payout=found, by=request.user, **form.cleaned_data)
        except Refused as refused:
            status = refused.status
            form = ApproveForm({"account_seen": account}, account=account)  # as it is now is what is asked for next
            form.refuse(refused)
        else:
            messages.success(request, _("Approved. Another person of the agency sends it."))
            return redirect("desk-payouts")
    return _payout_page(request, found, form, SendForm(), status)


def _payout_page(
    request: SignedIn, found: Payout, approving: ApproveForm, sending: SendForm, status: int
) -> HttpResponse:
    context = {
        "payout": found,
        "approved": queries.is_approved(found),
        "way": online.way(found),
        "dispute": online.dispute_holding(found),
        "sent": found.state in (Payout.State.SENT, Payout.State.CAME_BACK),
        "approving": approving,
        "sending": sending,
        "masked": masked(found.payee.bank_account),
        "may_pay": access.may_pay(request.user, found.agency),
        "mine": found.approved_by_id == request.user.pk,
    }
    return render(request, "payments/desk_payout.html", context, status=status)
