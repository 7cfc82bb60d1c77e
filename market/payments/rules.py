"""What a payment must be: values in, decisions out."""

import re
from datetime import date
from hashlib import sha256

from market.kernel.errors import Refused
from market.kernel.ids import ALPHABET
from market.kernel.money import Money
from market.kernel.typed import bare, plain

PREFIX = "LC"
BODY = 7  # random characters of a reference; the eighth checks them
_PRIME = 31  # the least prime above the alphabet: every single slip and every swap of two changes the sum
_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z/.\-]{3,59}")


def check_character(body: str) -> str | None:
    """The character that makes the weighted sum (3, 9, 27, … modulo 31, as in GB 32100) of `body` and itself zero.

    None when that would be the thirty-first character, which the alphabet of unmistakable ones does not have.
    """
    weighted = sum(ALPHABET.index(letter) * pow(3, place, _PRIME) for place, letter in enumerate(body, 1))
    value = -weighted * pow(pow(3, len(body) + 1, _PRIME), -1, _PRIME) % _PRIME
    return ALPHABET[value] if value < len(ALPHABET) else None


def reference(body: str) -> str | None:
    """The payment reference a person writes on a transfer, LC and eight characters; None when `body` has no check."""
    check = check_character(body)
    return None if check is None else f"{PREFIX}{body}{check}"


def read_reference(typed: str) -> str:
    """The reference in what somebody typed or copied from a bank statement, blanks, hyphens and case aside.

    Refused `charge.reference` when it is none, or has a slip that its check character shows.
    """
    text = bare(typed)
    body, check = text.removeprefix(PREFIX)[:BODY], text[-1:]
    fits = len(text) == len(PREFIX) + BODY + 1 and text.startswith(PREFIX) and set(body + check) <= set(ALPHABET)
    if not fits or check_character(body) != check:
        raise Refused("charge.reference", typed=typed[:40])
    return text


def transaction_number(typed: str) -> str:
    """A bank's transaction number in one form. Refused `payment.number` unless 4 to 60 letters, digits, / . or -."""
    text = plain(typed)
    if not _NUMBER.fullmatch(text):
        raise Refused("payment.number", typed=typed[:80])
    return text


def own_account(family: str, party: str, currency: str) -> str:
    """The ledger account of a party's own in `currency`: "bank:P-…" for yuan, "bank:P-…:USD" for others."""
    return f"{family}:{party}" if currency == "CNY" else f"{family}:{party}:{currency}"


def approval_of(payout: str, *, payee: str, account: str, amount: Money) -> str:
    """SHA-256, in hex, of what a payout's approval is for: the payout's and the payee's codes, the account, the amount."""
    return sha256("\n".join((payout, payee, account, amount.currency, str(amount.minor))).encode()).hexdigest()


def check_approval(given: str, needed: str, *, approved_by: int | None, by: int) -> None:
    """Refused `payout.unapproved`, `payout.approval_void` (for something else than is sent now), `payout.second_person`."""
    if not given:
        raise Refused("payout.unapproved")
    if given != needed:
        raise Refused("payout.approval_void")
    if approved_by == by:
        raise Refused("payout.second_person")


def check_day(on: date, today: date) -> None:
    """Refused `payment.date_ahead` for a day that has not come: a bank books nothing in advance."""
    if on > today:
        raise Refused("payment.date_ahead", on=on, today=today)


def check_received(due: Money, received: Money) -> None:
    """Refused unless exactly `due` arrived: `charge.currency`, or `charge.amount_mismatch` with the exact gap."""
    if received.currency != due.currency:
        raise Refused("charge.currency", due=due.currency, received=received.currency)
    if received != due:
        short = received < due
        gap = due - received if short else received - due
        raise Refused("charge.amount_mismatch", due=due, received=received, gap=gap, short=short)
