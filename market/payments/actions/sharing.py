"""What came in for several goes on to each of them."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from market.kernel import clock
from market.kernel.money import Money
from market.parties.models import Party
from market.payments.actions.payouts import pay_out
from market.payments.models import Payout

PAY_WITHIN = timedelta(days=10)


@transaction.atomic
def pass_on(
    *, purpose: str, subject: str, account: str, agency: Party, shares: Sequence[tuple[Party, Money]]
) -> list[Payout]:
    """Write down a payout of the ledger account `account` for each share that is more than nothing; the same subject and
    purpose again give the first payouts."""
    known = list(Payout.objects.filter(subject=subject, purpose=purpose).order_by("pk"))
    if known:
        return known
    due_at = clock.now() + PAY_WITHIN
    return [
        pay_out(purpose, f"{subject}:{purpose}:{party.code}", subject, party, agency, account, amount, due_at)
        for party, amount in shares
        if amount
    ]
