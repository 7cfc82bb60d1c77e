"""The accountant's doors to the exchange rates on record and to the trial balance of the whole platform."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.kernel import clock
from market.kernel.forms import answered
from market.ledger import fx
from market.parties.access import SignedIn
from market.payments import access, bookkeeping
from market.payments.forms import RateForm, WithdrawRateForm
from market.payments.views.pages import page_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rates(request: SignedIn) -> HttpResponse:
    """Every rate on record, and the form that puts one there."""
    access.accountant(request.user)
    form, status = RateForm(request.POST or None, initial={"on": clock.today()}), 200
    if form.is_bound:
        status = answered(form, fx.note_rate, by=request.user.ref)
        if not status:
            messages.success(request, _("The rate is on record."))
            return redirect("desk-rates")
    return _page(request, form, WithdrawRateForm(), status)


@login_required
@require_POST
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Take back a rate of one's own that was entered wrongly."""
    access.accountant(request.user)
    rate = fx.rates().filter(pk=pk).first()
    if rate is None:
        raise Http404
    form = WithdrawRateForm(request.POST)
    status = answered(form, fx.withdraw_rate, rate=rate, by=request.user.ref)
    if not status:
        messages.success(request, _("Taken back. It stays on record, and nothing is exchanged at it any more."))
        return redirect("desk-rates")
    return _page(request, RateForm(initial={"on": clock.today()}), form, status)


def _page(request: SignedIn, form: RateForm, withdrawing: WithdrawRateForm, status: int) -> HttpResponse:
    rows = page_of(fx.rates(), request.GET.get("page"))
    context: dict[str, Any] = {"form": form, "withdrawing": withdrawing, "rows": rows, "mine": request.user.ref}
    return render(request, "payments/rates.html", context, status=status)


@login_required
@require_safe
def platform(request: SignedIn) -> HttpResponse:
    """The trial balance of the whole platform, one row for each kind of account, and whether the books keep their rules."""
    access.overseer(request.user)
    return render(request, "payments/platform_books.html", {"balance": bookkeeping.platform()})
