"""The table of a report: its columns for a licence, its rows read into figures, and every fault named by its row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.typed import from_cell, tidy

# The columns every table has, and their headings; deductions and third parties' royalties follow where the licence has them.
HEADINGS = {
    "period": "期次 period",
    "product": "产品 product",
    "units": "净销量 units",
    "gross": "销售额 gross",
    "third_party": "第三方许可费 third_party",
    "returns": "退货 returns",
    "discounts": "折扣 discounts",
    "freight": "运费 freight",
    "insurance": "保险 insurance",
    "taxes": "税费 taxes",
    "packaging": "包装 packaging",
}
ALWAYS = ("period", "product", "units", "gross")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in which row of the file, in which column ("" for the whole row)."""

    row: int
    column: str
    why: Refused


def columns_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns a licence's report has."""
    third = ("third_party",) if "stacking" in document else ()
    return (*ALWAYS, *third, *document.get("deductions", {}).get("allowed", ()))


def products_of(document: Mapping[str, Any]) -> list[str]:
    """The products that bear royalties; "" for all there are."""
    return [row.get("product", "") for row in document["payments"] if row["kind"] == "running"]


def template(document: Mapping[str, Any], numbers: Iterable[int]) -> Iterator[list[str | int]]:
    """The table to fill in: its headings, and a row for each product of each of the periods `numbers`."""
    columns = columns_of(document)
    yield [HEADINGS[name] for name in columns]
    for number in numbers:
        for product in products_of(document):
            yield [number, product, *("" for _ in columns[2:])]


def places_of(headings: Sequence[str], columns: Sequence[str], name: str) -> dict[str, int]:
    """Where each column stands, by the last word of its heading. Refused `import.missing_column`, `import.duplicate_column`,
    `royalty.column` for one the licence does not have."""
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        words = tidy(heading).lower().split()
        if not words:
            continue
        if words[-1] not in columns:
            raise Refused("royalty.column", name=name, column=heading[:60], columns=", ".join(columns))
        if places.setdefault(words[-1], place) != place:
            raise Refused("import.duplicate_column", name=name, column=heading[:60])
    missing = [HEADINGS[column] for column in ALWAYS if column not in places]
    if missing:
        raise Refused("import.missing_column", name=name, columns=", ".join(missing))
    return places


def read(
    rows: Iterable[tuple[int, Sequence[str]]], places: Mapping[str, int], currency: str
) -> tuple[dict[int, tuple[int, dict[str, Any]]], list[Fault]]:
    """The figures of each period with the row they begin in, and all faults. A row in which nothing but period and product is
    filled in says nothing."""
    found: dict[int, tuple[int, dict[str, Any]]] = {}
    faults: list[Fault] = []
    for number, cells in rows:
        said = {name: tidy(from_cell(cells[place].strip())) for name, place in places.items() if place < len(cells)}
        if not any(text for name, text in said.items() if name not in ("period", "product")):
            continue
        try:
            period = _whole(said.get("period", ""), "period")
            _first, figures = found.setdefault(period, (number, {}))
            product = said.get("product", "")
            if product in figures:
                raise _Wrong("product", Refused("royalty.row_twice", product=product, period=period))
            figures[product] = _figures(said, currency)
        except _Wrong as wrong:
            faults.append(Fault(number, wrong.column, wrong.why))
    return found, faults


class _Wrong(Exception):
    """A cell that cannot be read."""

    def __init__(self, column: str, why: Refused) -> None:
        super().__init__(column)
        self.column, self.why = column, why


def _figures(said: Mapping[str, str], currency: str) -> dict[str, Any]:
    sums = {}
    for name, text in said.items():
        if name in ("period", "product", "units") or not (text or name == "gross"):
            continue
        try:
            sums[name] = Money.parse(text.replace(",", "") or "0", currency).wire()
        except Refused as refused:
            raise _Wrong(name, refused) from None
    row: dict[str, Any] = {name: sums.pop(name) for name in ("gross", "third_party") if name in sums}
    if said.get("units"):
        row["units"] = str(_whole(said["units"].replace(",", ""), "units"))
    return row | ({"deductions": sums} if sums else {})


def _whole(text: str, column: str) -> int:
    digits = text.removesuffix(".0")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        raise _Wrong(column, Refused("royalty.whole", found=text[:30]))
    return int(digits)
