"""A column map: which heading of a bank's table says what, how it writes days and figures; and a guess for a new one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from market.kernel.errors import Refused
from market.kernel.typed import plain

# What a table can say, and the headings Chinese and English banks write over it. The credit of a bank's own books (贷方)
# is what came in.
KNOWN: dict[str, tuple[str, ...]] = {
    "booked_on": ("交易日期", "记账日期", "入账日期", "交易时间", "日期", "Booking date", "Date", "Transaction date"),
    "credit": ("贷方发生额", "贷方金额", "收入金额", "收入", "转入金额", "Credit", "Money in", "Paid in"),
    "debit": ("借方发生额", "借方金额", "支出金额", "支出", "转出金额", "Debit", "Money out", "Paid out"),
    "amount": ("发生额", "交易金额", "金额", "Amount"),
    "direction": ("借贷标志", "借贷方向", "收支方向", "收支", "借贷", "Direction", "Debit/Credit"),
    "balance": ("账户余额", "本次余额", "余额", "Balance"),
    "currency": ("币种", "货币", "Currency"),
    "number": (
        "交易流水号",
        "核心流水号",
        "银行流水号",
        "流水号",
        "交易编号",
        "凭证号",
        "Reference",
        "Transaction number",
    ),
    "name": ("对方户名", "对方名称", "对方账户名称", "对手名称", "Counterparty", "Name"),
    "account": ("对方账号", "对方账户", "对手账号", "Counterparty account"),
    "text": ("摘要", "用途", "Description", "Details", "Purpose"),
    "remark": ("附言", "备注", "交易附言", "Remark", "Memo"),
}
FIELDS = tuple(KNOWN)
DAYS = ("ymd", "dmy", "mdy")
POINTS = (".", ",")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """`columns`: the heading of each field there is (`FIELDS`); `days`: the order of a date; `point`: the decimal mark.

    What came in and went out stands in two columns (credit, debit), or in one (amount), signed or with a direction beside.
    """

    columns: Mapping[str, str]
    days: str = "ymd"
    point: str = "."

    def places(self, row: Sequence[str]) -> dict[str, int] | None:
        """Where each field is when `row` is the heading, None when a heading is missing from it."""
        seen = {_key(cell): place for place, cell in reversed(list(enumerate(row))) if cell.strip()}
        wanted = {field: _key(heading) for field, heading in self.columns.items()}
        if not wanted or not set(wanted.values()) <= set(seen):
            return None
        return {field: seen[key] for field, key in wanted.items()}


def check_map(given: ColumnMap) -> None:
    """Refused `bank.map` unless it has a day, and what came in and went out in one of the ways; each heading once."""
    fields = set(given.columns)
    ways = [way for way in ({"credit", "debit"}, {"amount"}) if way <= fields]
    keys = [_key(heading) for heading in given.columns.values()]
    if "booked_on" not in fields:
        raise Refused("bank.map", reason="day")
    if len(ways) != 1 or ("direction" in fields and "amount" not in fields):
        raise Refused("bank.map", reason="amount")
    if len(set(keys)) != len(keys):
        raise Refused("bank.map", reason="twice")


def guess(rows: Sequence[tuple[int, Sequence[str]]]) -> tuple[tuple[str, ...], dict[str, str]]:
    """The row that looks most like a heading, and what its headings say as far as they are known here."""
    best: tuple[str, ...] = ()
    told: dict[str, str] = {}
    for _, row in rows[:40]:
        known = _known(row)
        if len(known) > len(told):
            best, told = tuple(cell.strip() for cell in row), known
    if not best:
        best = tuple(cell.strip() for cell in max((row for _, row in rows[:40]), key=_filled, default=()))
    if {"credit", "debit"} <= set(told):
        told.pop("amount", None)
    return best, told


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _known(row: Sequence[str]) -> dict[str, str]:
    keys = {_key(cell): cell.strip() for cell in row if cell.strip()}
    found = {}
    for field, headings in KNOWN.items():
        match = next((keys[_key(heading)] for heading in headings if _key(heading) in keys), None)
        if match is not None:
            found[field] = match
    return found


def _key(heading: str) -> str:
    """A heading without its blanks, its unit in brackets and its letters' size."""
    return plain(heading).split("(")[0]
