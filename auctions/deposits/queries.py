"""Reads of a party's deposits: for which lot, as what, until when, and what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from auctions.deposits.rules import may_be_renewed
from auctions.models import Bidder
from market.deals.models import Deal
from market.parties.models import Party
from market.payments.models import Charge, DepositOutcome, Payout


@dataclass(frozen=True, slots=True)
class Row:
    """A deposit: its registration, the payment that brought it, its end once it has one, how it goes back, and the code of
    the deal it was set off in ("" for none)."""

    bidder: Bidder
    charge: Charge | None
    outcome: DepositOutcome | None
    refund: Payout | None
    deal: str
    renewable: bool


def is_renewable(bidder: Bidder, now: datetime) -> bool:
    """Whether the bidder may leave its deposit for longer now."""
    held = bidder.deposit == Bidder.Deposit.HELD
    return held and may_be_renewed(bidder.eligible_until, ends_at=bidder.lot.ends_at, now=now)


def deposits_of(party: Party) -> QuerySet[Bidder]:
    """The registrations of a party for which a deposit was asked or paid, the latest first; to be paged."""
    asked = Q(state=Bidder.State.QUALIFIED) | ~Q(deposit=Bidder.Deposit.NONE)
    rows = Bidder.objects.filter(asked, party=party, lot__deposit_minor__gt=0).order_by("-pk")
    return rows.select_related("lot__sale__agency", "lot__listing__right")


def rows_of(bidders: Sequence[Bidder], now: datetime) -> list[Row]:
    """Those registrations with what became of their deposits; the questions do not grow with them."""
    refs, accounts = {row.ref for row in bidders}, {f"deposit:{row.code}" for row in bidders}
    charges = Charge.objects.filter(subject__in=refs, purpose=Charge.Purpose.DEPOSIT)
    refunds = Payout.objects.filter(subject__in=refs, purpose=Payout.Purpose.REFUND)
    ended = DepositOutcome.objects.filter(hold__debit__code__in=accounts).select_related("hold__debit")
    deals = Deal.objects.filter(origin__in={row.origin for row in bidders}, buyer__in={row.party_id for row in bidders})
    charge_of, refund_of = {row.subject: row for row in charges}, {row.subject: row for row in refunds}
    outcome_of = {row.hold.debit.code: row for row in ended}
    deal_of = {deal.origin: deal.code for deal in deals}
    return [
        Row(
            bidder=row,
            charge=charge_of.get(row.ref),
            outcome=outcome_of.get(f"deposit:{row.code}"),
            refund=refund_of.get(row.ref),
            deal=deal_of.get(row.origin, ""),
            renewable=is_renewable(row, now),
        )
        for row in bidders
    ]
