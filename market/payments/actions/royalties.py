"""Royalties that came in go on to whoever holds the right, by their shares."""

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from math import lcm

from django.db import transaction

from market.kernel import clock
from market.kernel.money import Money
from market.parties.models import Party
from market.payments.actions.payouts import pay_out
from market.payments.models import Payout

PAY_WITHIN = timedelta(days=10)


@transaction.atomic
def share_royalty(
    *, subject: str, account: str, agency: Party, amount: Money, shares: Sequence[tuple[Party, Fraction]]
) -> list[Payout]:
    """Write down a payout of the ledger account `account` to each holder of the right, by largest remainder (专利法 14); the
    same subject again gives the first payouts."""
    known = list(Payout.objects.filter(subject=subject, purpose=Payout.Purpose.ROYALTY).order_by("pk"))
    if known:
        return known
    whole = lcm(*(part.denominator for _, part in shares))
    parts = amount.split([int(part * whole) for _, part in shares])
    due_at = clock.now() + PAY_WITHIN
    return [
        pay_out(Payout.Purpose.ROYALTY, f"{subject}:{party.code}", subject, party, agency, account, part, due_at)
        for (party, _), part in zip(shares, parts, strict=True)
        if part
    ]
