"""The agency's doors: its sales, their lots, the notice, the registrations."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from auctions import access, actions, queries
from auctions.forms import LotForm, SaleForm
from auctions.models import Sale
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn, agency_of

# The refusals of a sale's frame that belong beside one of its fields.
ON_FIELD = {
    "calendar.too_early": "opens_at",
    "sale.display_too_short": "display_from",
    "sale.dates_order": "opens_at",
    "sale.deposit_kind": "deposit_kind",
    "sale.deposit_fixed": "deposit_fixed",
}
ON_FIELD |= {f"fees.{why}": "premium" for why in ("not_offered", "cap", "currency")}


@login_required
@require_safe
def sales(request: SignedIn) -> HttpResponse:
    """The agency's sales."""
    agency = agency_of(request.user)
    return render(request, "auctions/desk_sales.html", {"sales": queries.sales_of(agency)[: queries.PAGE]})


@login_required
def sale_new(request: SignedIn) -> HttpResponse:
    """Draft a sale."""
    agency = agency_of(request.user)
    form = SaleForm(request.POST or None, agency=agency, notice_on=clock.today())
    return _frame(request, form, partial(actions.create_sale, agency=agency))


@login_required
def sale_edit(request: SignedIn, code: str) -> HttpResponse:
    """Change the title, the rule set or the dates of a sale that is not announced yet."""
    found = access.desk_sale_for(request.user, code)
    if found.state != Sale.State.DRAFT:
        return redirect("desk-sale", code=code)
    form = SaleForm(request.POST or None, agency=found.agency, notice_on=clock.today(), instance=found)
    return _frame(request, form, partial(actions.change_sale, sale=found), of_sale=code)


def _frame(request: SignedIn, form: SaleForm, save: Callable[..., Sale], of_sale: str = "") -> HttpResponse:
    """Show the form of a sale's frame, or save it; what is refused stands beside the field it is about."""
    if form.is_bound and form.is_valid():
        try:
            made = save(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(ON_FIELD.get(refused.code), sentence(refused))
        else:
            return redirect("desk-sale", code=made.code)
    context = {"form": form, "code": of_sale}
    return render(request, "auctions/desk_sale_new.html", context, status=422 if form.is_bound else 200)


@login_required
def sale(request: SignedIn, code: str) -> HttpResponse:
    """One sale of the agency: its lots, one more lot, and the notice."""
    found = access.desk_sale_for(request.user, code)
    form = LotForm(request.POST if "listing" in request.POST else None, sale=found)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            wanted = {name: form.cleaned_data[name] for name in ("listing", "start", "deposit", "step", "format")}
            try:
                lot = actions.add_lot(sale=found, duration=form.duration, by=request.user, params=form.params, **wanted)
            except Refused as refused:
                form.refuse(refused, sentence(refused))
            else:
                messages.success(request, _("Lot %(number)s added.") % {"number": lot.number})
                return redirect("desk-sale", code=found.code)
    return _sale_page(request, found, form=form, status=status)


def _sale_page(request: SignedIn, found: Sale, *, form: LotForm, status: int, answer: str = "") -> HttpResponse:
    context = {
        "sale": found,
        "form": form,
        "answer": answer,
        "lots": queries.lots_of(found),
        "rules": actions.rules_of(found),
        "legal": actions.legal_dates(found),
    }
    return render(request, "auctions/desk_sale.html", context, status=status)


@login_required
@require_POST
def sale_notice(request: SignedIn, code: str) -> HttpResponse:
    """Publish the notice; a refusal is shown on the sale's page with the earliest legal date or the missing document."""
    found = access.desk_sale_for(request.user, code)
    try:
        actions.publish_notice(sale=found, by=request.user)
    except Refused as refused:
        found.refresh_from_db()
        return _sale_page(
            request, found, form=LotForm(None, sale=found), status=refused.status, answer=sentence(refused)
        )
    messages.success(request, _("The notice is published. Viewing and registration are open."))
    return redirect("desk-sale", code=found.code)


@login_required
@require_POST
def lot_remove(request: SignedIn, code: str) -> HttpResponse:
    """Take a lot out of a draft sale."""
    lot = access.desk_lot_for(request.user, code)
    actions.remove_lot(lot=lot, by=request.user)
    return redirect("desk-sale", code=lot.sale.code)


@login_required
@require_POST
def lot_withdraw(request: SignedIn, code: str) -> HttpResponse:
    """Withdraw an announced lot before its bidding starts."""
    lot = access.desk_lot_for(request.user, code)
    actions.withdraw_lot(lot=lot, reason=request.POST.get("reason", ""), by=request.user)
    messages.success(request, _("The lot is withdrawn; deposits go back."))
    return redirect("desk-sale", code=lot.sale.code)


@login_required
@require_safe
def bidders(request: SignedIn, code: str) -> HttpResponse:
    """The registrations of a sale."""
    found = access.desk_sale_for(request.user, code)
    context = {"sale": found, "bidders": queries.bidders_of(found), "rules": actions.rules_of(found)}
    return render(request, "auctions/desk_bidders.html", context)


def _decided(request: SignedIn, code: str, decide: Callable[..., object], words: str, **also: object) -> HttpResponse:
    bidder = access.desk_bidder_for(request.user, code)
    try:
        decide(bidder=bidder, by=request.user, **also)
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, words)
    return redirect("desk-bidders", code=bidder.lot.sale.code)


@login_required
@require_POST
def bidder_qualify(request: SignedIn, code: str) -> HttpResponse:
    """Accept a registration, with the rank of its priority right if it has one."""
    typed = request.POST.get("priority", "").strip()
    rank = None if not typed else int(typed) if typed.isdecimal() and len(typed) < 4 else 0
    return _decided(request, code, actions.qualify, _("Qualified. The bidder is asked for the deposit."), priority=rank)


@login_required
@require_POST
def bidder_reject(request: SignedIn, code: str) -> HttpResponse:
    """Turn a registration down with a reason."""
    remark = request.POST.get("remark", "")
    return _decided(request, code, actions.reject, _("Turned down; the bidder has been told why."), remark=remark)
