"""What every form of bank statement says: a sheet of one account with its balances and entries, which must add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from market.kernel.errors import Refused
from market.kernel.money import EXPONENTS, Money, total
from market.kernel.typed import plain

MOST = 2_000  # entries of one file
NO_NUMBER = frozenset({"NONREF", "NOTPROVIDED", "NOTAVAILABLE", "NONE", "0"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One booked movement: `amount` is positive, `credit` says that it came in; `row` is where it stands in the file.

    `number` is the bank's transaction number ("" when it gives none), `name` and `account` are the other side's,
    `end_to_end` is what the payer or we gave it to carry. A `reversal` takes back an earlier movement.
    """

    row: str
    booked_on: date
    amount: Money
    credit: bool
    number: str = ""
    name: str = ""
    account: str = ""
    text: str = ""
    end_to_end: str = ""
    reversal: bool = False

    @property
    def signed(self) -> Money:
        """What the movement adds to the account."""
        return self.amount if self.credit else -self.amount


@dataclass(frozen=True, slots=True)
class Sheet:
    """A statement of `account`: its balances, where the bank gives them, and its entries in the bank's order.

    `pending` counts entries that the bank names but has not booked; they come again once it has. `notes` are the rows of
    a table that are no entries.
    """

    account: str
    currency: str
    entries: tuple[Entry, ...]
    number: str = ""
    opening: Money | None = None
    closing: Money | None = None
    pending: int = 0
    notes: tuple[str, ...] = ()


def wrong(row: object, reason: str, found: str = "", column: str = "") -> Refused:
    """The refusal of a file for one row of it, which is named, with what was found there."""
    return Refused("bank.row", row=str(row), reason=reason, found=found[:60], column=column)


def check_adds_up(sheet: Sheet) -> None:
    """Refused `bank.unbalanced` unless the opening balance and all entries make the closing balance, where both are given."""
    if sheet.opening is None or sheet.closing is None:
        return
    moved = total([entry.signed for entry in sheet.entries], sheet.currency)
    gap = sheet.closing - sheet.opening - moved
    if gap:
        raise Refused(
            "bank.unbalanced",
            account=sheet.account,
            opening=sheet.opening,
            moved=moved,
            closing=sheet.closing,
            gap=gap,
            last=sheet.entries[-1].row if sheet.entries else "",
        )


def check_size(sheets: Sequence[Sheet]) -> None:
    """Refused `bank.too_many` above 2,000 entries, `bank.nothing` when the file has no statement."""
    if not sheets:
        raise Refused("bank.nothing")
    if sum(len(sheet.entries) for sheet in sheets) > MOST:
        raise Refused("bank.too_many", limit=MOST)


def currency_of(said: str, row: object) -> str:
    """The currency a bank names, one of those the market keeps books in."""
    if said not in EXPONENTS:
        raise wrong(row, "currency", said)
    return said


def amount_of(said: str, currency: str, row: object) -> Money:
    """A plain figure with a point before its decimals, in `currency`."""
    try:
        return Money.parse(said, currency)
    except Refused as refused:
        raise wrong(row, "amount", said) from refused


def number_of(said: str) -> str:
    """A bank's transaction number in one form; "" for the words that stand for none."""
    text = plain(said)
    return "" if text in NO_NUMBER or not text.strip("0") else text[:60]
