"""What online payment decides: values in, decisions out.

Stripe's webhooks come twice, late and in any order, and what we read of an object may be older than what we know. So every
object has a ladder of states which only leads up, and the books are a function of the rung: what a higher rung books
contains what a lower one does, and each entry has a ref of its own. Whatever order the news comes in, the end is the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from market.kernel.errors import Refused
from market.kernel.money import Money
from market.payments.rules import own_account

PAYMENT = ("asked", "open", "processing", "expired", "failed", "paid")
OUTGOING = ("asked", "declined", "pending", "succeeded", "failed")
DISPUTE = ("inquiry", "opened", "closed", "lost", "won")

LARGEST = 99_999_999  # minor units: Stripe takes amounts of at most eight digits
SMALLEST = {"CNY": 400, "USD": 50, "EUR": 50, "GBP": 30, "HKD": 400, "JPY": 50, "KRW": 700, "KWD": 150}
TENS = ("KWD",)  # currencies with three decimals, whose last one Stripe wants to be zero
WALLETS = ("alipay", "wechat_pay")
REFUNDABLE = {"wechat_pay": timedelta(days=180), "alipay": timedelta(days=90)}  # Stripe refunds a wallet for so long
AGAIN = ":bank"  # ends the ref of the payout that replaces one which came back
OPEN_FOR = (timedelta(minutes=31), timedelta(hours=23))  # Stripe keeps a page for thirty minutes to a day
# Seconds until Stripe is asked again; the last time it has forgotten the key, and with it an error it kept repeating.
BACKOFF = (2, 10, 60, 600, 3600, 6 * 3600, 25 * 3600)


def later(ladder: Sequence[str], known: str, seen: str) -> str:
    """The higher of two rungs: what we know never goes back."""
    return max(known, seen, key=ladder.index)


def methods(currency: str) -> tuple[str, ...]:
    """How a sum in `currency` can be paid: by card, and in yuan by Alipay and WeChat Pay."""
    return ("card", *WALLETS) if currency == "CNY" else ("card",)


def check_payable(amount: Money) -> None:
    """Refused `online.amount` when Stripe takes no such sum: too large, too small, or a third decimal."""
    if not SMALLEST[amount.currency] <= amount.minor <= LARGEST or (amount.currency in TENS and amount.minor % 10):
        raise Refused(
            "online.amount",
            amount=amount,
            smallest=Money(SMALLEST[amount.currency], amount.currency),
            largest=Money(LARGEST - LARGEST % 10 if amount.currency in TENS else LARGEST, amount.currency),
        )


def is_payable(amount: Money) -> bool:
    """Whether Stripe takes such a sum."""
    try:
        check_payable(amount)
    except Refused:
        return False
    return True


def page_closes(due_at: datetime, now: datetime) -> datetime:
    """When the payment page closes: when the sum is due, as far as Stripe's shortest and longest allow."""
    shortest, longest = OPEN_FOR
    return min(max(due_at, now + shortest), now + longest)


def can_go_back(
    amount: Money, *, received: Money, returned: Money, method: str, paid_at: datetime, now: datetime
) -> bool:
    """Whether `amount` can still be refunded to where it came from."""
    if amount.currency != received.currency or returned + amount > received:
        return False
    return now - paid_at < REFUNDABLE.get(method, timedelta(days=3650))


@dataclass(frozen=True, slots=True)
class Entry:
    """A transfer the books must hold."""

    ref: str
    amount: Money
    debit: str
    credit: str
    memo: str


def payment_entries(ref: str, *, agency: str, received: Money, fee: Money | None, into: str, memo: str) -> list[Entry]:
    """A payment that came: all of it to whom it is owed, and Stripe's fee, which the agency bears."""
    clearing = own_account("stripe", agency, received.currency)
    entries = [Entry(ref, received, clearing, into, memo)]
    if fee:
        entries.append(Entry(f"{ref}:fee", fee, own_account("fees", agency, fee.currency), clearing, memo))
    return entries


def refund_entries(ref: str, state: str, *, agency: str, amount: Money, out_of: str, memo: str) -> list[Entry]:
    """A refund: out of what we owe; and when the bank sends it back, owed again."""
    clearing = own_account("stripe", agency, amount.currency)
    entries = [] if state in ("asked", "declined") else [Entry(ref, amount, out_of, clearing, memo)]
    if state == "failed":
        entries.append(Entry(f"{ref}:back", amount, clearing, out_of, memo))
    return entries


def dispute_entries(
    ref: str, state: str, *, agency: str, payer: str, amount: Money, fee: Money, memo: str
) -> list[Entry]:
    """A dispute: Stripe takes the sum and a fee; a won one gives both back, a lost one leaves a claim on the payer.

    What clients are owed is never touched: until it is decided, the sum stands on an account of its own.
    """
    clearing, disputed = (own_account(family, agency, amount.currency) for family in ("stripe", "disputed"))
    fees = own_account("fees", agency, amount.currency)
    taken = [Entry(ref, amount, disputed, clearing, memo)]
    taken += [Entry(f"{ref}:fee", fee, fees, clearing, memo)] if fee else []
    if state in ("inquiry", "closed"):
        return []
    if state == "won":
        taken.append(Entry(f"{ref}:won", amount, clearing, disputed, memo))
        taken += [Entry(f"{ref}:won:fee", fee, clearing, fees, memo)] if fee else []
    if state == "lost":
        taken.append(Entry(f"{ref}:lost", amount, own_account("claim", payer, amount.currency), disputed, memo))
    return taken
