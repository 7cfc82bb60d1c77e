"""What an entry in the register must be: its key, its state, the day it ends and the shares of its owners."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from market.kernel.errors import Refused
from market.rights.rules import terms


def register_key(kind: str, number: str, nice_class: int | None) -> str:
    """The key one entry has: the checked number, for a mark with its class, as one number may cover several."""
    return f"{number}/{nice_class}" if kind == "trademark" else number


def state_shown(kind: str, granted_on: date | None) -> str:
    """The state a checked right is entered in: a patent or a mark without a day of grant is an application.

    Copyright arises with the work (著作权法 2), so a checked one is in force. A layout design is protected by its
    registration (集成电路布图设计保护条例 2001 art. 8), a variety by its grant.
    """
    if kind == "copyright":
        return "registered"
    if granted_on is None:
        return "pending"
    return "granted" if kind in ("patent", "plant_variety") else "registered"


def last_day(
    kind: str,
    of_type: str,
    office: str,
    *,
    filed_on: date | None,
    granted_on: date | None,
    completed_on: date | None = None,
    published_on: date | None = None,
    exploited_on: date | None = None,
) -> date | None:
    """The last day in force where the dates tell it; copyright as a legal entity's (著作权法 23(2)).

    `of_type` is the patent's type or how a plant variety grows. A person's work, a renewed mark and a compensated term
    are entered by hand.
    """
    if kind == "ic_layout":
        return terms.cn_layout_last_day(filed_on, exploited_on, completed_on) if office == "CN" and filed_on else None
    if kind == "plant_variety":
        return terms.cn_variety_last_day(of_type, granted_on) if office == "CN" and granted_on else None
    if kind != "copyright":
        return terms.last_day(kind, of_type, office, filed_on=filed_on, granted_on=granted_on)
    return terms.entity_copyright_last_day(published_on, completed_on) if completed_on else None


def check_shares(shares: Sequence[tuple[int, int]]) -> None:
    """Refused `title.share` when a share is no proper fraction, `title.shares_over` when together they exceed one."""
    for numerator, denominator in shares:
        if not 1 <= numerator <= denominator <= 1_000_000:
            raise Refused("title.share", share=f"{numerator}/{denominator}")
    held = _held(shares)
    if held > 1:
        raise Refused("title.shares_over", held=str(held))


def check_whole(shares: Sequence[tuple[int, int]]) -> None:
    """Refused `title.shares_under` when the shares together are less than the whole."""
    held = _held(shares)
    if held < 1:
        raise Refused("title.shares_under", held=str(held))


def _held(shares: Sequence[tuple[int, int]]) -> Fraction:
    return sum((Fraction(*share) for share in shares), Fraction(0))
