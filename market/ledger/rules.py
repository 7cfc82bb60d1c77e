"""What the books decide without looking: an exchange at a rate, and the words a closing is hashed over."""

import hashlib
import json
from collections.abc import Iterable
from fractions import Fraction

from market.kernel.errors import Refused
from market.kernel.money import EXPONENTS, Money


def converted(amount: Money, *, base: str, quote: str, value: Fraction) -> Money:
    """`amount` of `base` or `quote` in the other of the two, when one `base` is `value` `quote`.

    Rounded once, half up, to the minor unit. Refused `exchange.currency` for a third currency, `exchange.nothing` when
    not one minor unit comes out.
    """
    if amount.currency not in (base, quote):
        raise Refused("exchange.currency", currency=amount.currency, base=base, quote=quote)
    into, times = (quote, value) if amount.currency == base else (base, 1 / value)
    exact = amount.minor * times * Fraction(10) ** (EXPONENTS[into] - EXPONENTS[amount.currency])
    minor = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    if minor <= 0:
        raise Refused("exchange.nothing", amount=amount, currency=into)
    return Money(minor, into)


def line(*words: object) -> bytes:
    """One line of what is hashed: the words as JSON, so that no two rows read alike."""
    return json.dumps([None if word is None else str(word) for word in words], ensure_ascii=False).encode() + b"\n"


def seal(*words: object, lines: Iterable[bytes]) -> str:
    """The SHA-256 of a closing: what it says of itself (the seal before it among that), then its trial balance."""
    whole = hashlib.sha256(line(*words))
    for one in lines:
        whole.update(one)
    return whole.hexdigest()
