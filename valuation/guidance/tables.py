"""Comparables as a table: the columns a method asks for, and the rows of a file as the lines one would type."""

from collections.abc import Iterable, Sequence

from market.kernel.errors import Refused
from market.kernel.typed import from_cell, tidy
from valuation.labels import headed
from valuation.methods import plain
from valuation.methods.asked import APART, Asked, Column, Kind, inputs, plain_of, text_of
from valuation.methods.errors import ValuationError
from valuation.methods.market import PortfolioSale

COUNTED = "market_price_per_asset"  # the method that a hammer's price is enough for
COMPARED = ("market_multiple", COUNTED)  # methods that take comparables
MOST_ROWS = 200
_FIGURES = frozenset({Kind.AMOUNT, Kind.RATE, Kind.NUMBER, Kind.WHOLE})

Rows = Sequence[tuple[int, Sequence[str]]]


def asked_of(method: str) -> Asked:
    """The input of the method that its comparables are given as."""
    return next(one for one in inputs(method) if one.name == "comparables")


def headings(method: str) -> list[str]:
    """The first row of the table to fill in: each column's name for the reader, then for this program."""
    return [_heading(one) for one in asked_of(method).columns]


def sales_as_lines(sales: Iterable[PortfolioSale]) -> str:
    """Sales as one types them for `COUNTED`."""
    rows = (
        {
            "price": {"amount": str(one.price.figure), "currency": one.price.currency},
            "assets": one.assets,
            "name": one.name,
            **({"sold_on": one.sold_on.isoformat()} if one.sold_on else {}),
        }
        for one in sales
    )
    return text_of(asked_of(COUNTED), list(rows))


def lines(method: str, name: str, rows: Rows, currency: str) -> str:
    """The rows of the file `name`, [(row number, cells)], headings first, as one types them, one a line; columns of other names
    are left out.

    Refused `import.missing_column`, `valuation.table_empty`, `valuation.table_long` above 200 rows, and
    `valuation.table_row`, naming the first row that cannot be read and why.
    """
    asked = asked_of(method)
    headed = [tidy(cell).lower().split() for cell in rows[0][1]] if rows else []
    places = {words[-1]: place for place, words in enumerate(headed) if words}
    missing = [_heading(one) for one in asked.columns if one.required and one.name not in places]
    if missing and rows:
        raise Refused("import.missing_column", name=name, columns=", ".join(missing))
    if len(rows) < 2:
        raise Refused("valuation.table_empty", name=name)
    if len(rows) - 1 > MOST_ROWS:
        raise Refused("valuation.table_long", name=name, most=MOST_ROWS)
    return "\n".join(_line(asked, places, name, row, currency) for row in rows[1:])


def _line(asked: Asked, places: dict[str, int], name: str, row: tuple[int, Sequence[str]], currency: str) -> str:
    number, cells = row
    said = (cells[places[one.name]] if places.get(one.name, len(cells)) < len(cells) else "" for one in asked.columns)
    line = ", ".join(_cell(one, text) for one, text in zip(asked.columns, said, strict=True)).rstrip(", ")
    try:
        plain.read(asked.hint, plain_of(asked, line), asked.name, currency)
    except ValuationError as wrong:
        raise Refused("valuation.table_row", name=name, row=number, why=wrong.message) from wrong
    return line


def _heading(column: Column) -> str:
    return f"{headed(column)} {column.name}"


def _cell(column: Column, text: str) -> str:
    """The cell without what parts columns from one another: a figure loses its thousands' commas and stays no figure where
    anything else parts it, words get a blank."""
    told = tidy(from_cell(text.strip()))
    if column.kind in _FIGURES:
        return APART.sub("?", told.replace(",", "").replace("，", ""))
    return APART.sub(" ", told)
