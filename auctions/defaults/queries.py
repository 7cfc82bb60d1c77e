"""Reads of defaults: where a deal stands before one, the claim after it, and the sales of a right one after another."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from auctions.actions import rules_of
from auctions.defaults import rules
from auctions.deposits.rules import forfeitable
from auctions.models import Default, Lot
from market.deals import queries as deals
from market.deals import readiness
from market.deals.models import Deal
from market.deals.queries import quote_of
from market.deals.rules import moves
from market.kernel.formats import capital, day, money, read_day
from market.payments.models import Charge, Payout
from market.payments.queries import charges_about, escrow, payouts
from market.trail import journal
from market.trail.models import Fact

REMINDED = "deal.reminded"
CHAIN = 20  # sales of one right shown, the latest

# What the claim's lines are called on paper, and what they stand on.
WORDS = {
    "seller_commission": "第一次拍卖委托人应付佣金 First sale: the seller's commission",
    "buyer_commission": "第一次拍卖买受人应付佣金 First sale: the buyer's commission",
    "shortfall": "再行拍卖价款低于原价款的差额 Shortfall of the second price",
    "deposit": "已没收保证金抵偿 Covered by the forfeited deposit",
    "advance": "预付款抵偿 Covered by the advance",
}


def defaults() -> QuerySet[Default]:
    """Defaults with whom every page names."""
    named = ("deal__seller", "deal__buyer", "deal__agency", "deal__right", "lot__sale", "sold_again", "declared_by")
    return Default.objects.select_related(*named)


def default_of(deal: Deal) -> Default | None:
    """The deal's default, None while there is none."""
    return defaults().filter(deal=deal).first()


def lot_of(deal: Deal) -> Lot | None:
    """The lot whose hammer concluded the deal alone; None where several won it or no lot did."""
    kind, _colon, code = deal.origin.partition(":")
    lots = Lot.objects.select_related("sale__agency", "listing__right", "listing__seller", "listing__agency")
    return lots.filter(code=code).first() if kind == "lot" else None


def reminder_of(deal: Deal) -> Fact | None:
    """The reminder sent while the deal stands as it does."""
    sent = journal.facts_about(deal.ref).filter(name=REMINDED).order_by("-pk")
    return next((fact for fact in sent if fact.data["state"] == deal.state), None)


def standing(deal: Deal, lot: Lot) -> rules.Standing:
    """Where the deal stands when its buyer is to be reminded or declared in default."""
    step, reminder = deals.next_step(deal), reminder_of(deal)
    return rules.Standing(
        waits_for=tuple(step.roles),
        due_on=step.due_on,
        barred=deal.state in moves.UNTITLED and bool(readiness.bars_of(deal)),
        grace_days=rules_of(lot.sale).grace_days,
        grace_until=None if reminder is None else read_day(reminder.data["until"]),
    )


def may_be_declared(deal: Deal, today: date) -> bool:
    """Whether the day the buyer had is over, so that the agency's page about a default is worth showing."""
    return deal.state in {"formed", "confirmed", "signed"} and deal.due_on is not None and deal.due_on < today


def first_sale(deal: Deal, lot: Lot) -> rules.First:
    """The first sale as a claim would reckon with it if the default were declared now."""
    quote, kept = quote_of(deal), escrow(deal)
    forfeited = forfeitable(lot.sale.deposit_kind, kept, deal.price)
    return rules.First(
        price=deal.price,
        seller_commission=quote.commission.amount,
        buyer_commission=quote.premium.amount,
        forfeited=forfeited,
        advance=kept - forfeited,
        seller_formula=quote.commission.stated,
        buyer_formula=quote.premium.stated,
    )


def prospect_of(deal: Deal) -> rules.Claim | None:
    """The claim there would be now; None where none fits the deal."""
    lot = lot_of(deal)
    return None if lot is None else rules.claim(first_sale(deal, lot), second=None, waits=True)


def first_of(default: Default) -> rules.First:
    """The first sale as the claim reckons with it."""
    quote = quote_of(default.deal)
    return rules.First(
        price=default.deal.price,
        seller_commission=default.seller_commission,
        buyer_commission=default.buyer_commission,
        forfeited=default.forfeited,
        advance=default.advance,
        seller_formula=quote.commission.stated,
        buyer_formula=quote.premium.stated,
    )


def claim_of(default: Default) -> rules.Claim:
    """The claim as it stands: without the shortfall until the re-auction has its result."""
    return rules.claim(first_of(default), second=default.second, waits=default.state != Default.State.FINAL)


def payouts_of(default: Default) -> QuerySet[Payout]:
    """Where the deposit went, part by part."""
    return payouts().filter(ref__startswith=f"default:{default.deal.code}:").order_by("pk")


def charge_of(default: Default) -> Charge | None:
    """The payment that asks for the claim; None while it is not final, or where nothing is outstanding."""
    return charges_about(default.deal).filter(purpose=Charge.Purpose.CLAIM).first()


def waits_for(lot: Lot) -> Default | None:
    """The default whose claim the sale of `lot` settles: of the last time that the right was sold before."""
    earlier = lot.previous
    while earlier is not None and earlier.state != Lot.State.SOLD:
        earlier = earlier.previous
    return None if earlier is None else defaults().filter(lot=earlier, state=Default.State.REAUCTION).first()


def chain_of(lot: Lot) -> list[Lot]:
    """The sales of the right one after another that `lot` is one of, the first first; alone: no chain."""
    first, steps = lot, 0
    while first.previous is not None and steps < CHAIN:
        first, steps = first.previous, steps + 1
    shown = [first]
    while len(shown) < CHAIN:
        later = Lot.objects.filter(previous=shown[-1]).exclude(state__in=[Lot.State.DRAFT, Lot.State.WITHDRAWN])
        found = later.select_related("sale").prefetch_related("defaults").order_by("-pk").first()
        if found is None:
            break
        shown.append(found)
    return shown if len(shown) > 1 else []


def statement(default: Default) -> dict[str, Any]:
    """What the claim statement prints, all of it text; Chinese words with English ones beside them."""
    deal, claim = default.deal, claim_of(default)
    lines = [*claim.lines, *claim.covered]
    final, charge = default.state == Default.State.FINAL, charge_of(default)
    return {
        "code": deal.code,
        "dated": day(default.final_at if final else default.declared_at),
        "final": final,
        "right": f"{deal.right.title} {deal.right.number}".strip(),
        "lot": default.lot.code,
        "again": default.sold_again.code if default.sold_again else "",
        "agency": deal.agency.name,
        "seller": deal.seller.name,
        "buyer": deal.buyer.name,
        "declared_on": day(default.declared_at),
        "reason": default.reason,
        "price": money(deal.price, "2"),
        "second": money(default.second, "2") if default.second else "",
        "lines": [
            {
                "number": str(number),
                "kind": WORDS[line.kind],
                "formula": line.formula,
                "article": line.article,
                "amount": ""
                if line.amount is None
                else money(-line.amount if line in claim.covered else line.amount, "2"),
            }
            for number, line in enumerate(lines, 1)
        ],
        "owed": money(claim.owed, "2"),
        "outstanding": money(claim.outstanding, "2"),
        "capital": capital(claim.outstanding),
        "asked": "" if charge is None else f"{charge.reference}, {day(charge.due_at)}",
        "excess": money(claim.excess, "2") if claim.excess else "",
        "back": money(claim.back, "2") if claim.back else "",
    }
