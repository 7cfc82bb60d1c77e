"""The one outcome of a bid deposit: applied, released or forfeited, and what is forfeited leaves the escrow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from market.deals.models import Deal
from market.kernel.bulk import create_many
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.ledger import books
from market.ledger.models import Hold
from market.parties.models import Party
from market.payments.actions.charges import cancel_for
from market.payments.actions.payouts import pay_out
from market.payments.models import Charge, DepositOutcome, Payout
from market.trail import journal

RELEASED, APPLIED, FORFEITED = (
    DepositOutcome.Kind.RELEASED,
    DepositOutcome.Kind.APPLIED,
    DepositOutcome.Kind.FORFEITED,
)


def end_deposits(holds: Sequence[Hold], kind: str, *, actor: str) -> list[DepositOutcome]:
    """Say what became of these deposits, once for all. Again: the first answers; the number of statements does not grow.

    Refused `deposit.ended` when one of them has another outcome, also one that it gets at this moment. Must run in the
    transaction that moves the money.
    """
    known = _known(holds, kind)
    fresh = [DepositOutcome(hold=hold, kind=kind, by=actor) for hold in holds if hold.pk not in known]
    try:
        with transaction.atomic():
            create_many(fresh)
    except IntegrityError:
        known = _known(holds, kind)
        if any(hold.pk not in known for hold in holds):
            raise
        return [known[hold.pk] for hold in holds]
    known |= {row.hold_id: row for row in fresh}
    return [known[hold.pk] for hold in holds]


def _known(holds: Sequence[Hold], kind: str) -> dict[int, DepositOutcome]:
    """The outcomes these deposits have. Refused `deposit.ended` when one is not `kind`."""
    known = {row.hold_id: row for row in DepositOutcome.objects.filter(hold__in=holds).select_related("hold")}
    for row in known.values():
        if row.kind != kind:
            raise Refused("deposit.ended", outcome=row.get_kind_display(), ref=row.hold.ref)
    return known


def set_off_in(deal: Deal) -> list[Hold]:
    """The bid deposits that moved into the deal's escrow at the hammer."""
    moved = Hold.objects.filter(credit__code=f"escrow:{deal.origin}", posting__isnull=False, ref__startswith="bidder:")
    return list(moved.order_by("pk"))


@transaction.atomic
def applied(deal: Deal, *, actor: str) -> list[DepositOutcome]:
    """The price is paid: what was set off at the hammer is applied for good. Again: the same. Refused `deposit.ended`."""
    return end_deposits(set_off_in(deal), APPLIED, actor=actor)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a forfeited deposit: to whom, under which name of its own ("commission"), for what, how much."""

    name: str
    purpose: str
    payee: Party
    amount: Money

    def account(self, agency: Party) -> str:
        """Where it goes in the books: the agency's income, or what is owed to the party."""
        family = "commission" if self.purpose == Payout.Purpose.COMMISSION else "payable"
        return f"{family}:{agency.code if family == 'commission' else self.payee.code}"


@transaction.atomic
def forfeit(deal: Deal, *, parts: Sequence[Part], due_at: datetime, actor: str) -> list[Payout]:
    """The buyer is in default: its deposit is forfeited, and `parts` of the escrow go to whom they are forfeited to.

    Again: the same payouts. Refused `deposit.ended` when the price was paid before, `ledger.overdrawn` when the escrow
    holds less. Writes `deposit.forfeited`.
    """
    end_deposits(set_off_in(deal), FORFEITED, actor=actor)
    made = share_out(deal, parts=parts, due_at=due_at)
    if made and not journal.facts_about(deal.ref).filter(name="deposit.forfeited").exists():
        audience = {deal.buyer.ref, deal.agency.ref, *(part.payee.ref for part in parts)}
        amounts = {part.name: part.amount.wire() for part in parts}
        data = {"deal": deal.code, **deal.right.named, "parts": amounts}
        journal.record("deposit.forfeited", subject=deal.ref, actor=actor, audience=audience, **data)
    return made


@transaction.atomic
def release_advance(deal: Deal, *, parts: Sequence[Part], due_at: datetime, actor: str) -> list[Payout]:
    """The claim against the buyer is final: what it paid in advance goes to whom it owes, the rest back. Again: the same."""
    released(deal, actor=actor)
    return share_out(deal, parts=parts, due_at=due_at)


def released(deal: Deal, *, actor: str) -> None:
    """What was set off at the hammer goes back, unless it was applied or forfeited before; whoever moves it calls this."""
    fresh = [hold for hold in set_off_in(deal) if not DepositOutcome.objects.filter(hold=hold).exists()]
    end_deposits(fresh, RELEASED, actor=actor)


def share_out(deal: Deal, *, parts: Sequence[Part], due_at: datetime) -> list[Payout]:
    """Move `parts` out of a defaulted deal's escrow, a transfer and a payout each, once for the name. Again: the same."""
    found = {row.ref: row for row in Payout.objects.filter(ref__in=[_ref(deal, part) for part in parts])}
    payouts = []
    for part in parts:
        ref, account = _ref(deal, part), part.account(deal.agency)
        made = found.get(ref) or pay_out(
            part.purpose, ref, deal.ref, part.payee, deal.agency, account, part.amount, due_at
        )
        payouts.append(made)
    for part in parts:
        books.transfer(
            part.amount,
            debit=f"escrow:{deal.origin}",
            credit=part.account(deal.agency),
            ref=f"{_ref(deal, part)}:share",  # the payout's own ref is for its leaving
            memo=f"{part.name} of {deal.code}",
        )
    return payouts


def _ref(deal: Deal, part: Part) -> str:
    return f"default:{deal.code}:{part.name}"


def stop_asking(deal: Deal, *, actor: str) -> None:
    """Nobody asks for the price any more. Refused `default.payment_reported` while a transfer may be on its way."""
    if Charge.objects.filter(subject=deal.ref, state=Charge.State.REPORTED).exists():
        raise Refused("default.payment_reported", deal=deal.code)
    cancel_for(deal.ref, actor=actor)
