"""What receipts and invoices do when money has moved: a receipt for each movement, an invoice owed for each fee earned."""

from market.deals import queries as deals
from market.payments import queries as payments
from market.payments.invoices import actions
from market.payments.models import SettlementLine
from market.trail.models import Fact

ACTOR = "system:payments"


def on_charge_confirmed(fact: Fact) -> None:
    """Give the payer its receipt."""
    actions.give_receipt(payments.charges().get(code=fact.data["code"]))


def on_payout_sent(fact: Fact) -> None:
    """Give the payee its receipt."""
    actions.give_receipt(payments.payouts().get(code=fact.data["code"]))


def on_settlement_posted(fact: Fact) -> None:
    """The agency has earned its fees: it owes the buyer an invoice over the premium, the seller one over the commission,
    each with how its fee came about."""
    deal = deals.by_ref(fact.subject)
    quote = deals.quote_of(deal)
    fees = {SettlementLine.Kind.PREMIUM: quote.premium, SettlementLine.Kind.COMMISSION: quote.commission}
    payers = {SettlementLine.Kind.PREMIUM: deal.buyer, SettlementLine.Kind.COMMISSION: deal.seller}
    for line in SettlementLine.objects.filter(settlement__deal=deal, kind__in=payers, amount_minor__gt=0).order_by(
        "number"
    ):
        actions.owe_invoice(
            ref=f"{deal.ref}:{line.kind}:{line.number}",
            agency=deal.agency,
            buyer=payers[SettlementLine.Kind(line.kind)],
            service=line.kind,
            gross=line.amount,
            subject=deal.ref,
            note=fees[SettlementLine.Kind(line.kind)].stated,
            actor=ACTOR,
        )
