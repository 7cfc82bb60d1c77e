"""Reads a bank's table, CSV or XLSX, by a column map: full-width digits, grouped figures, one amount column or two."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from market.kernel.money import Money
from market.kernel.typed import plain, tidy
from market.payments.bank.formats.columns import ColumnMap
from market.payments.bank.formats.sheet import Entry, Sheet, amount_of, number_of, wrong

_DAY = re.compile(r"([0-9]{1,4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,4})日?(?:[T ]?[0-9]{1,2}:.*)?")
_PACKED = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[T ]?[0-9:.]*)?")
_FIGURE = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:G[0-9]{3})+)(?:P[0-9]+)?")
_SIGNS = re.compile(r"^(?:CNY|RMB|[¥$€£])|(?:CNY|RMB|元)$")
_TOTALS = ("合计", "总计", "小计", "累计", "TOTAL", "SUM")
_IN = frozenset({"贷", "贷方", "收", "收入", "转入", "来账", "C", "CR", "CRDT", "CREDIT", "IN", "+"})
_OUT = frozenset({"借", "借方", "支", "支出", "转出", "往账", "D", "DR", "DBIT", "DEBIT", "OUT", "-"})
_FIGURES = ("credit", "debit", "amount")
_NOTHING = frozenset({"", "-", "--", "0"})
_CURRENCIES = {"人民币": "CNY", "RMB": "CNY", "156": "CNY", "美元": "USD", "欧元": "EUR", "港币": "HKD", "日元": "JPY"}
_ORDERS = {"ymd": (0, 1, 2), "dmy": (2, 1, 0), "mdy": (2, 0, 1)}

Row = tuple[int, Sequence[str]]


def read(rows: Sequence[Row], form: ColumnMap, *, account: str, currency: str) -> Sheet | None:
    """The statement of `account` in a table; None when no row has the map's headings.

    Rows that are no entries (above the heading, sums) are named in `notes`. Refused `bank.row`.
    """
    head = next((at for at, (_, row) in enumerate(rows) if form.places(row) is not None), None)
    if head is None:
        return None
    reader = _Reader(form, form.places(rows[head][1]) or {}, currency)
    notes, read_rows = [str(number) for number, _ in rows[:head]], []
    for number, cells in rows[head + 1 :]:
        told = reader.entry(number, cells)
        if told is None:
            notes.append(str(number))
        else:
            read_rows.append(told)
    entries, opening, closing = _in_order(read_rows)
    return Sheet(
        account=account,
        currency=currency,
        entries=tuple(entries),
        opening=opening,
        closing=closing,
        notes=tuple(notes),
    )


def _in_order(told: "list[tuple[Entry, Money | None]]") -> tuple[list[Entry], Money | None, Money | None]:
    """The entries with the oldest first, and the balances before and after them; each balance follows from the one before.

    Refused `bank.row` for the first that does not, whichever way round the bank lists them.
    """
    if not told or any(balance is None for _, balance in told):
        return [entry for entry, _ in told], None, None
    faults = []
    for way in (told, told[::-1]):
        fault = next(
            (here for before, here in pairwise(way) if _balance(before) + here[0].signed != _balance(here)), None
        )
        if fault is None:
            return [entry for entry, _ in way], _balance(way[0]) - way[0][0].signed, _balance(way[-1])
        faults.append((way.index(fault), fault))
    _, (entry, balance) = max(faults, key=lambda one: one[0])
    raise wrong(entry.row, "balance", str(balance))


def _balance(told: "tuple[Entry, Money | None]") -> Money:
    entry, balance = told
    return Money.zero(entry.amount.currency) if balance is None else balance


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads rows below a heading whose fields are at `places`."""

    form: ColumnMap
    places: dict[str, int]
    currency: str

    def entry(self, row: int, cells: Sequence[str]) -> "tuple[Entry, Money | None] | None":
        """The entry of a row and the balance after it; None for a sum, and for a row with neither day nor amount."""
        said = {field: _cell(cells, place) for field, place in self.places.items()}
        if _matched_day(said["booked_on"]) is None and any(plain(cell).startswith(_TOTALS) for cell in cells[:3]):
            return None
        signed = self.signed(row, said)
        if signed is None:
            if plain(said["booked_on"]) and not any(plain(said.get(field, "")) for field in _FIGURES):
                raise wrong(row, "amount")
            return None
        amount, credit, reversal = signed
        if (currency := said.get("currency", "")) and _currency(currency) != self.currency:
            raise wrong(row, "mixed", currency, self.form.columns["currency"])
        entry = Entry(
            row=str(row),
            booked_on=self.day(row, said["booked_on"]),
            amount=amount,
            credit=credit,
            number=number_of(said.get("number", "")),
            name=tidy(said.get("name", "")),
            account=plain(said.get("account", "")),
            text=tidy(f"{said.get('text', '')} {said.get('remark', '')}"),
            reversal=reversal,
        )
        balance = self.figure(row, "balance", said.get("balance", ""))
        return entry, balance

    def signed(self, row: int, said: dict[str, str]) -> tuple[Money, bool, bool] | None:
        """How much, whether it came in, whether it is red ink that takes back an earlier entry; None for no figure."""
        if "amount" in self.places:
            return self._of_one(row, said)
        came, went = self.figure(row, "credit", said["credit"]), self.figure(row, "debit", said["debit"])
        if came and went:
            raise wrong(row, "both", f"{said['credit']} {said['debit']}")
        figure, credit = (came, True) if came else (went, False)
        if not figure:
            return None
        red = figure.minor < 0
        return (-figure if red else figure), credit != red, red

    def _of_one(self, row: int, said: dict[str, str]) -> tuple[Money, bool, bool] | None:
        figure = self.figure(row, "amount", said["amount"])
        if not figure:
            return None
        red = figure.minor < 0
        if "direction" not in self.places:
            return (-figure if red else figure), not red, False
        mark = plain(said["direction"])
        if mark not in _IN | _OUT:
            raise wrong(row, "direction", said["direction"], self.form.columns["direction"])
        return (-figure if red else figure), (mark in _IN) != red, red

    def figure(self, row: int, field: str, said: str) -> Money | None:
        """A figure as the map says it is written: 1,180,000.00, ￥１，０００, (100.00), −5; None for an empty cell."""
        text = _SIGNS.sub("", plain(said))
        negative = text.startswith("-") or text.endswith("-") or (text.startswith("(") and text.endswith(")"))
        digits = text.strip("()").lstrip("+-").rstrip("-")
        if text in _NOTHING or not digits.strip("0.,"):
            return None if field != "balance" or not digits else Money.zero(self.currency)
        group = "," if self.form.point == "." else "."
        shape = digits.replace(self.form.point, "P").replace(group, "G")
        if not _FIGURE.fullmatch(shape):
            raise wrong(row, "amount", said, self.form.columns[field])
        amount = amount_of(shape.replace("G", "").replace("P", "."), self.currency, row)
        return -amount if negative else amount

    def day(self, row: int, said: str) -> date:
        """The day in the map's order; a year first is always read as one. A time of day behind it does not matter."""
        match = _matched_day(said)
        try:
            if match is None:
                raise ValueError(said)
            order = _ORDERS["ymd"] if len(match[1]) == 4 else _ORDERS[self.form.days]
            year, month, day = (int(match.groups()[place]) for place in order)
            return date(year, month, day)
        except ValueError as error:
            raise wrong(row, "date", said, self.form.columns["booked_on"]) from error


def _matched_day(said: str) -> re.Match[str] | None:
    """The parts of a day in half-width characters; its blanks are kept, since they part it from the time."""
    text = " ".join(plain(part) for part in said.split())
    return _DAY.fullmatch(text) or _PACKED.fullmatch(text)


def _cell(cells: Sequence[str], place: int) -> str:
    """The cell; banks write ="6222…" or a tab behind a long number so that a spreadsheet leaves it alone."""
    text = cells[place].strip() if place < len(cells) else ""
    return text[2:-1] if text.startswith('="') and text.endswith('"') else text


def _currency(said: str) -> str:
    text = plain(said)
    return _CURRENCIES.get(text, text)
