"""Reads of money in and out: what is owed, by whom, what stands in escrow, and what waits on the money desk."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from market.deals import queries as deals
from market.deals import readiness
from market.deals.models import Deal
from market.kernel import clock
from market.kernel.money import Money
from market.ledger import books
from market.ledger.models import Transfer
from market.parties.models import Party
from market.payments import rules
from market.payments.bank.models import Line as BankLine
from market.payments.models import Charge, Payout, Settlement
from market.payments.online import queries as online
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


def late_refunds() -> QuerySet[Payout]:
    """The deposits of those who did not win that should have gone back by now: 24 hours after the hammer fell, or after the
    deposit came free otherwise (法释〔2016〕18号 23)."""
    waiting = [Payout.State.DUE, Payout.State.APPROVED]
    return Payout.objects.filter(purpose=Payout.Purpose.REFUND, state__in=waiting, due_at__lt=clock.now())


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


def prices_of(deal: Deal) -> QuerySet[Charge]:
    """Those of them that pay its price."""
    return charges_about(deal).filter(purpose=Charge.Purpose.PRICE)


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


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits on an agency's desk: how many of each, and the first due."""

    reported: int
    unpaid: int
    unapproved: int
    payouts: int
    settlements: int
    disputes: int
    suspense: int
    late: int
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
        suspense=BankLine.objects.filter(account__agency=agency, decided=None).exclude(reason="").count(),
        late=late_refunds().filter(agency=agency).count(),
        first_charges=list(reported[:3]),
        first_payouts=[*waiting[:3], *sending[:3]],
        first_settlements=list(posting[:3]),
    )
