"""The doors of online payment: to the page and back, the payee's account, the desk's releases and disputes, webhooks."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn, agency_of, party_of
from market.payments import access, stripe_gate
from market.payments.models import Charge, Checkout
from market.payments.online import actions, queries, webhooks
from market.payments.online.actions import errands
from market.payments.online.actions.accounts import heed_account
from market.payments.online.actions.checkouts import heed_payment
from market.payments.online.forms import AccountForm, ReleaseForm
from market.payments.views.pages import page_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: SignedIn, code: str) -> HttpResponseBase:
    """POST: on to Stripe's page for the charge. GET: back from there, looking at once what became of it."""
    charge = access.charge_for(request.user, code)
    if request.method == "POST":
        return _go(request, charge)
    page = queries.open_page(charge)
    if page is not None and page.session:
        try:
            heed_payment(stripe_gate.payment_of_session(page.session))
        except (stripe_gate.Unanswered, stripe_gate.Declined):
            messages.info(request, _("We have not heard of your payment yet. It appears here by itself."))
    return redirect("charge", code=charge.code)


def _go(request: SignedIn, charge: Charge) -> HttpResponseBase:
    try:
        page = actions.start(charge=charge, by=request.user)
    except Refused as refused:
        messages.error(request, sentence(refused))
        return redirect("charge", code=charge.code)
    if page.state == Checkout.State.ASKED:
        errands.ask(page)
        page.refresh_from_db()
    if page.state == Checkout.State.OPEN and page.url:
        return HttpResponse(status=303, headers={"Location": page.url})
    messages.info(request, _("The payment page is being prepared. Press the button again in a minute."))
    return redirect("charge", code=charge.code)


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """What Stripe tells: 400 for what it did not sign, 503 while its object cannot be looked up, 404 without keys."""
    if not stripe_gate.is_on():
        return HttpResponse(status=404)
    try:
        taken = webhooks.take(request.body, request.headers.get("Stripe-Signature", ""))
    except stripe_gate.Forged:
        return HttpResponse("not signed", status=400, content_type="text/plain")
    except stripe_gate.Unanswered:
        return HttpResponse("later", status=503, content_type="text/plain")
    return HttpResponse(taken.outcome, content_type="text/plain")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: SignedIn) -> HttpResponseBase:
    """The payee's account at Stripe: opened, continued there, and back with what Stripe says of it."""
    party = party_of(request.user)
    found, form = queries.account_of(party), AccountForm()
    if request.method == "POST" and found is None:
        form = AccountForm(request.POST)
        if form.is_valid():
            try:
                found = actions.connect(party=party, by=request.user, **form.cleaned_data)
            except Refused as refused:
                form.refuse(refused)
            else:
                errands.ask(found)
                found.refresh_from_db()
    if found is not None and found.number:
        try:
            if request.method == "POST":
                back = request.build_absolute_uri(request.path)
                return HttpResponse(
                    status=303, headers={"Location": stripe_gate.onboarding_page(found.number, back=back)}
                )
            heed_account(stripe_gate.account_now(found.number))
            found.refresh_from_db()
        except (stripe_gate.Unanswered, stripe_gate.Declined):
            messages.info(request, _("Stripe does not answer just now. Try again in a minute."))
    context = {
        "party": party,
        "account": found,
        "form": form,
        "online": stripe_gate.is_on(),
        "may_open": access.may_own(request.user, party),
    }
    return render(request, "payments/stripe_account.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def release(request: SignedIn, code: str) -> HttpResponse:
    """The second person lets an approved payout go through Stripe."""
    found = access.desk_payout_for(request.user, code)
    try:
        released = actions.release_payout(payout=found, by=request.user)
    except Refused as refused:
        messages.error(request, sentence(refused))
        return redirect("desk-payout", code=found.code)
    errands.ask(released.outgoing)
    messages.success(request, _("Released. The payee is told as soon as Stripe has sent it."))
    return redirect("desk-payouts")


@login_required
@require_safe
def disputes(request: SignedIn) -> HttpResponse:
    """The agency's disputes, newest first."""
    rows = page_of(queries.disputes_of(agency_of(request.user)), request.GET.get("page"))
    return render(request, "payments/disputes.html", {"disputes": rows, "comparison": queries.last_comparison()})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: SignedIn, code: str) -> HttpResponse:
    """One dispute, and the form that says how a lost one was made good."""
    found = access.dispute_for(request.user, code)
    form, status = ReleaseForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.release_dispute(dispute=found, by=request.user, **form.cleaned_data)
            except Refused as refused:
                form.refuse(refused)
                status = refused.status
            else:
                messages.success(request, _("The payer can be paid again."))
                return redirect("desk-dispute", code=found.code)
    context = {"dispute": found, "form": form, "may_pay": access.may_pay(request.user, found.checkout.charge.agency)}
    return render(request, "payments/dispute.html", context, status=status)
