"""The doors of invoices: a party's own and what they bear; an issuer's work list, one invoice, taxes and other fees."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.documents.render import pdf
from market.kernel import clock
from market.kernel.downloads import table_file
from market.kernel.errors import Refused
from market.kernel.forms import answered
from market.parties.access import SignedIn, party_by_code, party_of
from market.payments.invoices import access, actions, queries
from market.payments.invoices.forms import BearerForm, FeeForm, NumberForm, ReverseForm, TaxationForm
from market.payments.invoices.models import Invoice, Taxation
from market.payments.views.pages import page_of

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@require_safe
def mine(request: SignedIn) -> HttpResponse:
    """The invoices to the party, and what they bear."""
    party = party_of(request.user)
    page = page_of(queries.invoices_to(party), request.GET.get("page"))
    context = {
        "invoices": page,
        "own": {"bears": queries.bearer_of(party)},
        "may_keep": access.may_record(request.user),
        "issues": queries.issues(party),
    }
    return render(request, "payments/invoices_mine.html", context)


@login_required
@READ_OR_POST
def bearer(request: SignedIn) -> HttpResponse:
    """What invoices to the party bear, kept once."""
    party = access.bearing_party(request.user)
    form, status = BearerForm(initial=queries.bearer_of(party)), 200
    if request.method == "POST":
        form = BearerForm(request.POST)
        status = answered(form, actions.keep_bearer, party=party, by=request.user)
        if not status:
            messages.success(request, _("Kept. Invoices issued from now on bear this."))
            return redirect("my-invoices")
    return render(request, "payments/invoice_bearer.html", {"form": form, "party": party}, status=status)


@login_required
@require_safe
def statement(request: SignedIn, code: str) -> HttpResponse:
    """What an invoice says, or will say, as a PDF for its buyer and its agency; it is no invoice itself."""
    found = access.invoice_for(request.user, code)
    name = {"Content-Disposition": f'inline; filename="invoice-statement-{found.code}.pdf"'}
    content = pdf("invoice_statement", queries.statement_data(found))
    return HttpResponse(content, content_type="application/pdf", headers=name)


@login_required
@require_safe
def invoices(request: SignedIn) -> HttpResponse:
    """The issuer's invoices: those to issue, those issued, those reversed."""
    agency, state = access.issuer(request.user), request.GET.get("state", "")
    shown = state if state in Invoice.State.values else Invoice.State.DUE
    labels = [(Invoice.State.DUE, _("To be issued")), (Invoice.State.ISSUED, _("Issued"))]
    labels += [(Invoice.State.REVERSED, _("Reversed"))]
    page = page_of(queries.work_list(agency, shown), request.GET.get("page"))
    context = {
        "shown": shown,
        "tabs": [{"label": label, "url": f"?state={state}", "current": state == shown} for state, label in labels],
        "page": page,
        "entries": queries.entries(page, queries.taxations(agency)),
    }
    return render(request, "payments/invoices_desk.html", context)


@login_required
@require_safe
def due_table(request: SignedIn, form: str) -> HttpResponse:
    """The invoices to issue as a table for the tax platform."""
    agency = access.issuer(request.user)
    rows = queries.table(agency, queries.work_list(agency, Invoice.State.DUE))
    return table_file(rows, form, name=f"invoices-{clock.today()}", sheet="待开发票 Invoices due")


@login_required
@READ_OR_POST
def invoice(request: SignedIn, code: str) -> HttpResponse:
    """One invoice: what it says, and the form that records the number it was issued under."""
    found = access.desk_invoice_for(request.user, code)
    form, status = NumberForm(), 200
    if request.method == "POST":
        form = NumberForm(request.POST)
        status = answered(form, actions.record_issued, invoice=found, by=request.user)
        if not status:
            messages.success(request, _("Recorded. The buyer is told."))
            return redirect("desk-invoices")
    return _page(request, found, form, ReverseForm(), status)


@login_required
@require_POST
def reverse(request: SignedIn, code: str) -> HttpResponse:
    """The agency records the red-letter invoice that reverses this one."""
    found = access.desk_invoice_for(request.user, code)
    form, status = ReverseForm(request.POST), 422
    if form.is_valid():
        try:
            red = actions.reverse(invoice=found, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
            status = refused.status
        else:
            messages.success(request, _("Recorded. The buyer is told."))
            return redirect("desk-invoice", code=red.code)
    return _page(request, found, NumberForm(), form, status)


@login_required
@require_POST
def anew(request: SignedIn, code: str) -> HttpResponse:
    """The fee of a reversed invoice is to be invoiced once more."""
    made = actions.invoice_anew(invoice=access.desk_invoice_for(request.user, code), by=request.user)
    return redirect("desk-invoice", code=made.code)


def _page(request: SignedIn, found: Invoice, form: NumberForm, reversing: ReverseForm, status: int) -> HttpResponse:
    context = {
        "invoice": found,
        "entry": queries.entry_of(found),
        "form": form,
        "reversing": reversing,
        "may_record": access.may_record(request.user),
    }
    return render(request, "payments/invoice.html", context, status=status)


@login_required
@READ_OR_POST
def taxes(request: SignedIn) -> HttpResponse:
    """How the issuer's services are taxed, and the form that says it from a day on."""
    agency = access.taxing_issuer(request.user)
    form, status = TaxationForm(initial={"service": request.GET.get("service")}), 200
    if request.method == "POST":
        form = TaxationForm(request.POST)
        status = answered(form, actions.tax_service, agency=agency, by=request.user)
        if not status:
            messages.success(request, _("Entered. Invoices not yet issued follow it."))
            return redirect("desk-taxes")
    rows = [(row, queries.rate_words(row)) for row in queries.taxations(agency)]
    context = {"form": form, "rows": page_of(rows, request.GET.get("page")), "exempt": Taxation.Treatment.EXEMPT}
    return render(request, "payments/taxes.html", context, status=status)


@login_required
@READ_OR_POST
def fee(request: SignedIn) -> HttpResponse:
    """Another fee of the agency, to be invoiced."""
    agency = access.charging_agency(request.user)
    form, status = FeeForm(), 200
    if request.method == "POST":
        form, status = FeeForm(request.POST), 422
        if form.is_valid():
            values = form.cleaned_data
            try:
                buyer = party_by_code(request.user, values.pop("buyer"))
                key = str(values.pop("key"))
                made = actions.charge_fee(key=key, agency=agency, buyer=buyer, by=request.user, **values)
            except Refused as refused:
                form.refuse(refused)
                status = refused.status
            else:
                return redirect("desk-invoice", code=made.code)
    return render(request, "payments/fee.html", {"form": form}, status=status)
