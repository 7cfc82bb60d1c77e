"""Reads of money in and out: what is owed, by whom, what stands in escrow, and how a settlement reads."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from market.deals import queries as deals
from market.deals import readiness
from market.deals.models import Deal
from market.kernel.formats import capital, day, money, percent
from market.kernel.money import Money, total
from market.ledger import books
from market.ledger.models import Transfer
from market.parties.models import Party
from market.parties.queries import masked
from market.payments import rules
from market.payments.models import Charge, Payout, Settlement, SettlementLine
from market.payments.online import queries as online
from market.payments.rules import Holder, Line
from market.rights.queries import holders as holders_on
from market.rights.rules.rulebook import Blocker

UNPAID = (Charge.State.DUE, Charge.State.REPORTED)


def charges() -> QuerySet[Charge]:
    """Charges with whom every page names."""
    return Charge.objects.select_related("payer", "agency", "proof__document", "confirmed_by")


def payouts() -> QuerySet[Payout]:
    """Payouts with whom every page names."""
    return Payout.objects.select_related("payee", "agency", "approved_by", "sent_by")


def settlements() -> QuerySet[Settlement]:
    """Settlements with their deal and its parties."""
    named = ("deal__seller", "deal__buyer", "deal__agency", "deal__right", "statement__document", "posted_by")
    return Settlement.objects.select_related(*named)


def owed_by(party: Party) -> QuerySet[Charge]:
    """What `party` has yet to pay, the first due first; a reported payment waits for the agency, not for the payer."""
    return charges().filter(payer=party, state=Charge.State.DUE).order_by("due_at", "pk")


def charges_of(party: Party) -> QuerySet[Charge]:
    """Every charge of `party`, newest first."""
    return charges().filter(payer=party).order_by("-pk")


def payouts_to(party: Party) -> QuerySet[Payout]:
    """Every payout to `party`, newest first."""
    return payouts().filter(payee=party).order_by("-pk")


def expected_by(agency: Party, state: str) -> QuerySet[Charge]:
    """The agency's charges in `state`, the first due first; "open" are those not paid yet, reported ones in front."""
    rows = charges().filter(agency=agency)
    if state == "open":
        return rows.filter(state__in=UNPAID).order_by("-state", "due_at", "pk")
    return rows.filter(state=state).order_by("-pk")


def payouts_by(agency: Party, state: str) -> QuerySet[Payout]:
    """The agency's payouts in `state`: those to approve and to send by due date, those sent newest first."""
    order = ("-pk",) if state == Payout.State.SENT else ("due_at", "pk")
    return payouts().filter(agency=agency, state=state).order_by(*order)


def settlements_by(agency: Party, state: str) -> QuerySet[Settlement]:
    """The agency's settlements in `state`, newest first."""
    return settlements().filter(deal__agency=agency, state=state).order_by("-pk")


def charge_with(agency: Party, typed: str) -> Charge | None:
    """The agency's charge with the payment reference somebody typed. Refused `charge.reference` when it has a slip."""
    return charges().filter(agency=agency, reference=rules.read_reference(typed)).first()


def deal_of(charge: Charge) -> Deal:
    """The deal a price charge pays."""
    return deals.by_ref(charge.subject)


def bars_of(charge: Charge) -> tuple[Blocker, ...]:
    """What the rulebook has against the deal a price is asked for; a deposit concludes nothing, so nothing bars it."""
    return readiness.bars_of(deal_of(charge)) if charge.purpose == Charge.Purpose.PRICE else ()


def charges_about(deal: Deal) -> QuerySet[Charge]:
    """The charges of a deal."""
    return charges().filter(subject=deal.ref).order_by("pk")


def escrow(deal: Deal) -> Money:
    """What stands in the deal's escrow now."""
    return books.balance(f"escrow:{deal.origin}", deal.currency)


def deposit_set_off(deal: Deal) -> Money:
    """The bid deposit that moved into the deal's escrow."""
    moved = Transfer.objects.filter(credit__code=f"escrow:{deal.origin}", debit__code__startswith="deposit:")
    return Money(moved.aggregate(sum=Sum("amount_minor"))["sum"] or 0, deal.currency)


def payee_account(payout: Payout) -> str:
    """Where the money is to go as things stand now: the payee's bank and account number, or the way through Stripe."""
    return online.way(payout).text


def approval_of(payout: Payout) -> str:
    """What an approval of the payout as it stands is bound to."""
    account = payee_account(payout)
    return rules.approval_of(payout.code, payee=payout.payee.code, account=account, amount=payout.amount)


def is_approved(payout: Payout) -> bool:
    """Whether the payout is approved as it stands: to this payee and account, of this amount."""
    return payout.approval_sha256 == approval_of(payout)


def holders(deal: Deal) -> list[tuple[Party, Fraction]]:
    """Who held the right, and how much of it, before title passed; the seller alone when the register names others.

    Two sales may pass title on one day: then the seller of the second held nothing the day before.
    """
    passed = deal.title_passed_on
    before = holders_on(deal.right, None if passed is None else passed - timedelta(days=1))
    shares = [(title.holder, Fraction(title.share_num, title.share_den)) for title in before]
    return shares if any(party.pk == deal.seller_id for party, _ in shares) else [(deal.seller, Fraction(1))]


def waterfall(deal: Deal) -> tuple[list[Line], dict[str, Party]]:
    """How the deal's escrow is to be shared out, and the parties by code."""
    shares = holders(deal)
    lines = rules.waterfall(
        deals.figures_of(deal),
        premium_bp=deal.buyer_premium_bp,
        commission_bp=deal.seller_commission_bp,
        agency=deal.agency.code,
        holders=[Holder(party.code, share) for party, share in shares],
    )
    return lines, {deal.agency.code: deal.agency, **{party.code: party for party, _ in shares}}


@dataclass(frozen=True, slots=True)
class Sides:
    """The two columns of a deal's money: rows of (kind, name, amount), each with its sum."""

    owes: list[tuple[str, str, Money]]
    remaining: Money
    gets: list[tuple[str, str, Money]]
    proceeds: Money


def sides(deal: Deal) -> Sides:
    """What the buyer owes (price and premium less what was paid) and what the holders get (price less commission)."""
    sums, lines = deals.figures_of(deal), waterfall(deal)
    received = [row for row in charges_about(deal) if row.state == Charge.State.CONFIRMED]
    paid = [("deposit", "", -deposit_set_off(deal)), *(("paid", row.reference, -row.amount) for row in received)]
    owes = [("price", "", sums.price), ("premium", percent(Fraction(deal.buyer_premium_bp, 10_000)), sums.premium)]
    owes += [row for row in paid if row[2]]
    rate = percent(Fraction(deal.seller_commission_bp, 10_000))
    gets = [("price", "", sums.price), ("commission", rate, -sums.commission)]
    shared = [("share", lines[1][line.payee].name, line.amount) for line in lines[0] if line.kind == "proceeds"]
    gets += shared if len(shared) > 1 else []
    remaining = total([amount for _, _, amount in owes], deal.currency)
    return Sides(owes, remaining, gets, sums.proceeds)


def statement_data(settlement: Settlement) -> dict[str, Any]:
    """What the settlement's statement prints, all of it text; Chinese words with English ones beside them."""
    deal = settlement.deal
    lines = list(settlement.lines.select_related("payee"))
    whole = total([line.amount for line in lines], deal.currency)
    words = {
        "premium": "买方佣金 Buyer's premium",
        "commission": "卖方佣金 Seller's commission",
        "proceeds": "权利人所得 Proceeds",
    }
    grounds = {
        "commission": "与双方约定的佣金（拍卖法 第五十六条） Commission as agreed, Auction Law 56",
        "contract": "转让合同 Assignment contract",
        "shares": "转让合同及登记份额 Assignment contract and registered shares",
    }
    return {
        "code": deal.code,
        "dated": day(settlement.posted_at),
        "right": f"{deal.right.title} {deal.right.number}".strip(),
        "agency": deal.agency.name,
        "seller": deal.seller.name,
        "buyer": deal.buyer.name,
        "title_passed_on": day(deal.title_passed_on),
        "lines": [
            {
                "number": str(line.number),
                "kind": words[line.kind],
                "payee": line.payee.name,
                "account": masked(line.payee.bank_account),
                "formula": line.formula,
                "ground": grounds[line.source],
                "amount": money(line.amount, "2"),
            }
            for line in lines
        ],
        "total": money(whole, "2"),
        "capital": capital(whole),
    }


@dataclass(frozen=True, slots=True)
class Sheet:
    """A settlement's lines, what they add up to, and the escrow they share out; `gap` is nothing when it is right."""

    lines: list[SettlementLine]
    shared: Money
    escrow: Money

    @property
    def gap(self) -> Money:
        """What the escrow holds beyond the lines."""
        return self.escrow - self.shared


def sheet(settlement: Settlement) -> Sheet:
    """The settlement against its escrow: as it stands now while prepared, as it was shared out once posted."""
    lines, currency = list(settlement.lines.select_related("payee")), settlement.deal.currency
    shared = total([line.amount for line in lines], currency)
    posted = settlement.state == Settlement.State.POSTED
    return Sheet(lines, shared, shared if posted else escrow(settlement.deal))


def payouts_of(settlement: Settlement) -> QuerySet[Payout]:
    """The payouts a settlement made."""
    return payouts().filter(subject=settlement.deal.ref).order_by("pk")


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits on an agency's desk: how many of each, and the first due."""

    reported: int
    unpaid: int
    unapproved: int
    payouts: int
    settlements: int
    disputes: int
    first_charges: list[Charge]
    first_payouts: list[Payout]
    first_settlements: list[Settlement]


def queue(agency: Party) -> Queue:
    """The agency's money desk, three rows of each kind and state."""
    counted = Charge.objects.filter(agency=agency).aggregate(
        reported=Count("pk", filter=Q(state=Charge.State.REPORTED)), due=Count("pk", filter=Q(state=Charge.State.DUE))
    )
    reported = charges().filter(agency=agency, state=Charge.State.REPORTED).order_by("due_at", "pk")
    waiting, sending = payouts_by(agency, Payout.State.DUE), payouts_by(agency, Payout.State.APPROVED)
    posting = settlements_by(agency, Settlement.State.PREPARED)
    return Queue(
        reported=counted["reported"],
        unpaid=counted["due"],
        unapproved=waiting.count(),
        payouts=sending.count(),
        settlements=posting.count(),
        disputes=online.disputes_of(agency).filter(state__in=("inquiry", "opened")).count(),
        first_charges=list(reported[:3]),
        first_payouts=[*waiting[:3], *sending[:3]],
        first_settlements=list(posting[:3]),
    )
