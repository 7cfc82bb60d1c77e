"""What a payment must be, and how an escrow is shared out: values in, decisions out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from hashlib import sha256
from math import lcm

from market.deals.rules.figures import Figures
from market.kernel.errors import Refused, ensure
from market.kernel.formats import money, percent
from market.kernel.ids import ALPHABET
from market.kernel.money import Money, total
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


@dataclass(frozen=True, slots=True)
class Holder:
    """Who gets a share of the proceeds."""

    code: str
    share: Fraction


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a settlement: `payee` is a party's code, `formula` how the amount comes about, `source` its ground."""

    kind: str
    payee: str
    amount: Money
    formula: str
    source: str


def waterfall(
    figures: Figures, *, premium_bp: int, commission_bp: int, agency: str, holders: Sequence[Holder]
) -> list[Line]:
    """Share out what the buyer paid: first the buyer's premium and the seller's commission to the agency, as agreed
    with each side (拍卖法 56), then the rest to the holders by their shares (Money.split: the parts add up).

    The lines add up to price and premium, to the minor unit; nothing is written for nothing.
    """
    ensure(sum(holder.share for holder in holders) == 1, "the holders' shares make up the whole")
    price = money(figures.price, "2")
    lines = [
        Line("premium", agency, figures.premium, f"{price} × {_rate(premium_bp)}", "commission"),
        Line("commission", agency, figures.commission, f"{price} × {_rate(commission_bp)}", "commission"),
    ]
    whole = lcm(*(holder.share.denominator for holder in holders))
    parts = figures.proceeds.split([int(holder.share * whole) for holder in holders])
    rest = f"{price} − {money(figures.commission, '2')}"
    for holder, part in zip(holders, parts, strict=True):
        formula, source = (rest, "contract") if holder.share == 1 else (f"({rest}) × {holder.share}", "shares")
        lines.append(Line("proceeds", holder.code, part, formula, source))
    written = [line for line in lines if line.amount]
    shared = total([line.amount for line in written], figures.price.currency)
    ensure(shared == figures.total_due, "the lines add up to price and premium")
    return written


def _rate(basis_points: int) -> str:
    return percent(Fraction(basis_points, 10_000))


def check_balanced(escrow: Money, lines: Sequence[Money]) -> None:
    """Refused `settlement.unbalanced` unless the lines add up to the escrow, to the minor unit."""
    shared = total(lines, escrow.currency)
    if shared != escrow:
        raise Refused("settlement.unbalanced", escrow=escrow, shared=shared)
