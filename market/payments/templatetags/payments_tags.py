"""Money on pages of other rooms: what waits to be paid, a deal's two columns, and the agency's queue."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from market.deals.access import REGULATOR, role_of
from market.deals.models import Deal
from market.deals.rules.moves import AGENCY, SELLER, UNTITLED
from market.ledger.models import Rate
from market.parties.models import Membership, Party
from market.payments import queries
from market.payments.access import may_see
from market.payments.arrears.queries import reminders_of as reminders_on
from market.payments.invoices.queries import due_count, invoices_about
from market.payments.models import Charge, Settlement, SettlementLine
from market.payments.settlements import queries as settlements

register = template.Library()
FAMILIES = {
    "bank": _("Bank account"),
    "stripe": _("Account at Stripe"),
    "fees": _("Fees of online payment"),
    "disputed": _("Disputed, until decided"),
    "claim": _("Claim on a party"),
    "deposit": _("Bid deposit"),
    "escrow": _("In escrow"),
    "royalty": _("Royalties to be shared out"),
    "dividend": _("Dividends to be shared out"),
    "payable": _("Owed to a party"),
    "commission": _("Commission"),
    "suspense": _("In suspense: came in"),
    "unexplained": _("In suspense: went out"),
    "bankfees": _("Bank charges"),
    "interest": _("Bank interest"),
    "fx": _("Exchange of currencies"),
}


@register.filter
def family(account: str) -> str:
    """{{ row.code|family }}: what an account of the ledger is for, by the first word of its code."""
    return str(FAMILIES[account.partition(":")[0]])


@register.filter
def rate(row: Rate) -> str:
    """{{ row|rate }}: what one unit is worth, in at most eight decimals."""
    return f"{row.numerator / Decimal(row.denominator):.8f}".rstrip("0").rstrip(".")


@register.filter
def ground(line: SettlementLine) -> str:
    """{{ line|ground }}: the rule and source of a settlement's line."""
    return settlements.ground(line)


@register.inclusion_tag("payments/_waiting.html")
def charges_waiting(party: Party | None) -> dict[str, Any]:
    """{% charges_waiting request.party %}: <li> rows of what the party has to pay, the first due first."""
    return {"charges": queries.owed_by(party)[:10] if party else []}


@register.inclusion_tag("payments/_invoices_waiting.html")
def invoices_waiting(party: Party | None) -> dict[str, Any]:
    """{% invoices_waiting request.party %}: a <li> row when the party has invoices to issue."""
    return {"count": due_count(party) if party else 0}


@register.inclusion_tag("payments/_invoices_about.html", takes_context=True)
def invoices_about_it(context: dict[str, Any], subject: str) -> dict[str, Any]:
    """{% invoices_about_it statement.ref %}: the invoices to or from the reader's parties about a subject."""
    mine = list(Membership.objects.filter(user=context["request"].user.pk or 0).values_list("party_id", flat=True))
    return {"invoices": invoices_about(subject, mine)[:20], "mine": mine}


@register.inclusion_tag("payments/_charge.html", takes_context=True)
def charge_of(context: dict[str, Any], subject: str) -> dict[str, Any]:
    """{% charge_of bidder.ref %}: the payer's charge for a subject: how much, where it stands, and its page."""
    charge = queries.charges().filter(subject=subject).order_by("-pk").first()
    theirs = charge is not None and may_see(context["request"].user, charge)
    return {"charge": charge if theirs else None}


@register.inclusion_tag("payments/_queue.html")
def payments_queue(agency: Party | None) -> dict[str, Any]:
    """{% payments_queue request.agency %}: a card with what waits at the money desk, and the first due of each."""
    return {"queue": queries.queue(agency) if agency else None}


@register.inclusion_tag("payments/_deal_charges.html", takes_context=True)
def deal_charges(context: dict[str, Any], deal: Deal) -> dict[str, Any]:
    """{% deal_charges deal %}: the deposit set off and the price charge, with a link for payer and agency.

    What a settlement shows as received is not shown twice.
    """
    charges = list(queries.charges_about(deal))
    settled = deal.state not in UNTITLED and queries.settlements().filter(deal=deal).exists()
    return {
        "deal": deal,
        "settled": settled,
        "deposit": None if settled else queries.deposit_set_off(deal),
        "charges": [row for row in charges if not settled or row.state != Charge.State.CONFIRMED],
        "escrow": queries.escrow(deal),
        "role": role_of(context["request"].user, deal),
    }


@register.inclusion_tag("payments/_deal_settlement.html", takes_context=True)
def deal_settlement(context: dict[str, Any], deal: Deal) -> dict[str, Any]:
    """{% deal_settlement deal %}: what the buyer owes beside what the holders get; the buyer sees its own column only.

    What the seller pays the agency is agreed between those two (拍卖法 56).
    """
    role, settlement = role_of(context["request"].user, deal), queries.settlements().filter(deal=deal).first()
    undone = settlement is not None and settlement.purpose == Settlement.Purpose.UNDO
    return {
        "deal": deal,
        "sides": None if settlement else settlements.sides(deal),
        "sheet": settlements.sheet(settlement) if settlement else None,
        "both": role in {SELLER, AGENCY, REGULATOR} or undone,
        "role": role,
        "settlement": settlement,
        "request": context["request"],
    }


@register.inclusion_tag("payments/_reminders.html")
def reminders_of(charge: Charge) -> dict[str, Any]:
    """{% reminders_of charge %}: when the payer was reminded of it, nothing before the first time."""
    return {"reminders": list(reminders_on(charge))}
