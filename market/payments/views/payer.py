"""The payer's doors: what to pay and where, what was paid, and what is on its way back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from market.kernel.forms import answered
from market.parties.access import SignedIn
from market.payments import access, actions, movements, queries, stripe_gate
from market.payments.forms import ReportForm
from market.payments.models import Charge
from market.payments.online import queries as online
from market.payments.views.pages import page_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def charge(request: SignedIn, code: str) -> HttpResponse:
    """A charge: the account, the reference and the sum to transfer; "I have paid" with the bank's number."""
    found = access.charge_for(request.user, code)
    form, status = ReportForm(initial={"bank_reference": found.reported_number}), 200
    if request.method == "POST":
        form = ReportForm(request.POST, request.FILES)
        status = answered(form, actions.report, charge=found, by=request.user)
        if not status:
            messages.success(request, _("Thank you. The agency looks for the transfer and confirms it here."))
            return redirect("charge", code=found.code)
    offer = online.offer(found)
    context = {
        "charge": found,
        "form": form,
        "steps": _steps(found) if offer.paid is None else _online_steps(),
        "bars": queries.bars_of(found) if found.state == Charge.State.DUE else (),
        "may_pay": access.may_pay(request.user, found.payer),
        "online": offer,
        "deal_code": found.subject.removeprefix("deal:") if found.subject.startswith("deal:") else "",
    }
    return render(request, "payments/charge.html", context, status=status)


def _steps(found: Charge) -> list[dict[str, str]]:
    """Where the payment stands, as the three steps of its walk."""
    order = [Charge.State.DUE, Charge.State.REPORTED, Charge.State.CONFIRMED]
    titles = [_("Transfer the money"), _("Report the transfer"), _("The agency confirms it")]
    # A step is current while its own act is awaited: a charge that is due waits for the transfer.
    here = {Charge.State.DUE: 0, Charge.State.REPORTED: 2, Charge.State.CONFIRMED: len(order)}.get(
        Charge.State(found.state)
    )
    if here is None:
        return [{"title": title, "state": "todo"} for title in titles]
    return [
        {"title": title, "state": "done" if place < here else "current" if place == here else "todo"}
        for place, title in enumerate(titles)
    ]


def _online_steps() -> list[dict[str, str]]:
    """The walk of a payment made online, which nobody reports or confirms."""
    return [{"title": title, "state": "done"} for title in (_("Pay online"), _("Received"))]


@login_required
@require_safe
def mine(request: SignedIn) -> HttpResponse:
    """Everything the party pays and gets, of a year or of all, with its papers."""
    party = access.payer_of(request.user)
    if party is None:
        return render(request, "payments/mine.html", {"tabs": [], "figures": [], "years": []})
    labels = {
        "all": _("All"),
        "due": _("To be paid"),
        "held": _("Held"),
        "paid": _("Paid"),
        "got": _("Got back and earned"),
    }
    view, years = request.GET.get("view", ""), movements.years(party)
    shown = view if view in labels else "all"
    year = next((one for one in years if str(one) == request.GET.get("year")), None)
    page = page_of(movements.keys(party, shown, year), request.GET.get("page"))
    standing = movements.standing(party, year)
    context = {
        "party": party,
        "online": stripe_gate.is_on(),
        "figures": [
            (_("To be paid"), standing.due),
            (_("Deposits held"), standing.held),
            (_("Paid"), standing.paid),
            (_("Got back and earned"), standing.got),
        ],
        "view": shown,
        "year": year,
        "years": years,
        "tabs": [
            {"label": label, "url": f"?view={name}&year={year or ''}", "current": name == shown}
            for name, label in labels.items()
        ],
        "page": page,
        "movements": movements.movements(party, page),
    }
    return render(request, "payments/mine.html", context)
