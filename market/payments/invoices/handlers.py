"""What receipts and invoices do when money has moved: a receipt for each movement, an invoice owed for each fee earned and each
royalty received."""

from fractions import Fraction

from market.deals import queries as deals
from market.kernel.formats import read_money
from market.kernel.money import Money
from market.parties.models import Party
from market.payments import queries as payments
from market.payments.invoices import actions
from market.payments.invoices.models import Taxation
from market.payments.models import Charge, SettlementLine
from market.trail.models import Fact

ACTOR = "system:payments"


def on_charge_confirmed(fact: Fact) -> None:
    """Give the payer its receipt."""
    actions.give_receipt(payments.charges().get(code=fact.data["code"]))


def on_payout_sent(fact: Fact) -> None:
    """Give the payee its receipt."""
    actions.give_receipt(payments.payouts().get(code=fact.data["code"]))


def on_royalty_paid(fact: Fact) -> None:
    """Each holder of the right owes the licensee an invoice over its share of the royalty: of what arrived and of the tax that
    was withheld from it, before what its inventors get."""
    said, subject = fact.data, f"statement:{fact.data['statement']}"
    charge = payments.charges().filter(subject=subject, purpose=Charge.Purpose.ROYALTY).order_by("-pk").first()
    if charge is None:
        return  # it did not come through us
    parts = [Fraction(one["part"]) for one in said["shares"]]
    arrived = read_money(said["amount"])
    tax_of_all = read_money(said.get("withheld", Money.zero(arrived.currency).wire()))  # older facts do not say
    paid, withheld = arrived.shared(parts), tax_of_all.shared(parts)
    for one, net, tax in zip(said["shares"], paid, withheld, strict=True):
        if net:
            actions.owe_invoice(
                ref=f"{subject}:{one['party']}",
                agency=Party.objects.get(code=one["party"]),
                buyer=charge.payer,
                service=Taxation.Service.ROYALTY,
                gross=net + tax,
                withheld=tax,
                subject=subject,
                note=f"{said['number']} {said['period']}",
                actor=ACTOR,
            )


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
