"""Bid deposits: held for the escrow of what is bid for, then set off against the price or given back."""

from datetime import timedelta

from django.db import transaction

from market.kernel import clock
from market.kernel.money import Money
from market.ledger import books
from market.ledger.models import Hold
from market.parties.models import Party
from market.payments.actions.payouts import pay_out
from market.payments.models import Payout
from market.trail import journal

REFUND_WITHIN = timedelta(hours=24)  # 法释〔2016〕18号 23: an unsuccessful bidder's deposit goes back within 24 hours


def _bond(bidder_code: str) -> str:
    return f"bidder:{bidder_code}:bond"


def hold_deposit(bidder_code: str, *, origin: str, amount: Money, actor: str) -> Hold:
    """Set the deposit that arrived aside for the escrow of `origin` ("lot:L-…"). Again: the same hold.

    Refused `ledger.overdrawn` when it has not arrived.
    """
    return books.hold(
        amount,
        debit=f"deposit:{bidder_code}",
        credit=f"escrow:{origin}",
        ref=_bond(bidder_code),
        memo=f"bid deposit held by {actor}",
    )


def apply_deposit(bidder_code: str, *, actor: str) -> Money:
    """The bidder won: its deposit moves into the escrow and counts towards the price. Again: the same."""
    amount: Money = books.post(_bond(bidder_code)).amount
    return amount


@transaction.atomic
def release_deposit(bidder_code: str, *, payee: Party, agency: Party, actor: str) -> Payout:
    """The bidder did not win: its deposit is free and goes back within 24 hours (法释〔2016〕18号 23). Again: the same.

    Refused `ledger.hold_ended` when it was set off against a price. Writes `deposit.released`.
    """
    ref = f"bidder:{bidder_code}:refund"
    found = Payout.objects.filter(ref=ref).first()
    if found is not None:
        return found
    books.void(_bond(bidder_code))
    account = f"deposit:{bidder_code}"
    amount, due_at = books.available(account), clock.now() + REFUND_WITHIN
    payout = pay_out(Payout.Purpose.REFUND, ref, f"bidder:{bidder_code}", payee, agency, account, amount, due_at)
    data = {"amount": amount.wire(), "due_at": due_at.isoformat(), "payout": payout.code}
    journal.record("deposit.released", subject=payout.subject, actor=actor, audience=[payee.ref], **data)
    return payout
