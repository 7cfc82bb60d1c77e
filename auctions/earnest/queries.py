"""Reads of sellers' defaults: what earnest money a deal has, what is owed again, and the statement about it."""

from typing import Any

from auctions.defaults.queries import lot_of
from auctions.deposits.rules import EARNEST_MONEY, owed_again
from auctions.models import Lot, SellerDefault
from market.deals.models import Deal
from market.deals.rules.moves import UNDOABLE
from market.kernel.formats import capital, day, money
from market.kernel.money import Money
from market.payments.queries import deposit_set_off, payouts

# What goes back out of the escrow when a deal ends, how much is earnest money at most, and that it is returned double.
GROUNDS = {"back": "民法典 566", "cap": "民法典 586", "again": "民法典 587"}


def default_of(deal: Deal) -> SellerDefault | None:
    """The default of the deal's seller, None while there is none."""
    named = ("deal__seller", "deal__buyer", "deal__agency", "deal__right", "lot__sale", "declared_by", "charge")
    return SellerDefault.objects.select_related(*named, "evidence__document").filter(deal=deal).first()


def on_earnest_money(deal: Deal) -> Lot | None:
    """The lot that concluded a deal which may still be undone, if its deposits are earnest money."""
    lot = lot_of(deal) if deal.state in UNDOABLE else None
    return lot if lot is not None and lot.sale.deposit_kind == EARNEST_MONEY else None


def amounts(deal: Deal) -> tuple[Money, Money]:
    """The earnest money the buyer gave, and what the seller would owe beside it."""
    paid = deposit_set_off(deal)
    return paid, owed_again(EARNEST_MONEY, paid, deal.price)


def statement(default: SellerDefault) -> dict[str, Any]:
    """What the statement prints, all of it text."""
    deal, charge = default.deal, default.charge
    sent = payouts().filter(ref=f"double:{deal.code}").first()
    return {
        "code": deal.code,
        "dated": day(default.declared_at),
        "right": f"{deal.right.title} {deal.right.number}".strip(),
        "lot": default.lot.code,
        "agency": deal.agency.name,
        "seller": deal.seller.name,
        "buyer": deal.buyer.name,
        "reason": default.reason,
        "evidence": default.evidence.name,
        "sha256": default.evidence.sha256,
        "price": money(deal.price, "2"),
        "paid": money(default.paid, "2"),
        "cap": f"{money(deal.price, '2')} × 20%",
        "again": money(default.again, "2"),
        "capital": capital(default.again),
        "both": money(default.paid + default.again, "2"),
        "reference": charge.reference,
        "due": day(charge.due_at),
        "arrived": ", ".join(day(on) for on in (charge.received_on, sent and sent.sent_on) if on),
    }
