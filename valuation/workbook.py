"""An appraisal as a workbook: every given figure in its cell, every step as a spreadsheet's own formula over those cells."""

import ast
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from market.kernel.tables import safe_row
from valuation.methods import Result
from valuation.methods.formula import Value, evaluate, parsed
from valuation.methods.working import Unit

WORKING = "计算 Working"
ABOUT = "说明 About"
_FIRST = 3  # the column of a row's first figure: before it stand its word and its name
_OVER_ROW = {"total": "SUM", "product": "PRODUCT", "mean": "AVERAGE", "median": "MEDIAN", "count": "COUNT"} | {
    "smallest": "MIN",
    "largest": "MAX",
}
_EACH = {"exp": "EXP", "ln": "LN", "root": "SQRT", "normal": "NORMSDIST", "least": "MIN", "greatest": "MAX"}
_SIGNS: Mapping[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}
_FORMATS = {Unit.MONEY: "#,##0.00", Unit.RATE: "0.0000%", Unit.NUMBER: "0.000000"}


def workbook(result: Result, about: Iterable[Sequence[str]], words: Callable[[str], str]) -> bytes:
    """The workbook of a result: `about` as rows of text on the first sheet, the working with the steps' `words` on the second."""
    book = Workbook()
    first = book.worksheets[0]
    first.title = ABOUT
    for row in about:
        first.append(safe_row(row))
    first.column_dimensions["A"].width, first.column_dimensions["B"].width = 28, 48
    sheet = _Sheet(book.create_sheet(WORKING), words)
    for name, value in result.given.items():
        sheet.figures(name, value)
    for step in result.steps:
        sheet.step(step.name, step.formula, _FORMATS[step.unit])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class _Sheet:
    """Rows of a sheet, each a named figure or a named row of figures."""

    def __init__(self, sheet: Worksheet, words: Callable[[str], str]) -> None:
        self.sheet, self.words, self.number = sheet, words, 0
        self.rows: dict[str, int] = {}
        self.known: dict[str, Value] = {}
        sheet.freeze_panes = "C1"
        sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 24

    def figures(self, name: str, value: Value) -> None:
        """Write figures that the steps start from."""
        self._write(name, value, [format(one, "f") for one in _row(value)], "General")
        for cell in self.sheet[self.number][_FIRST - 1 :]:
            cell.font = Font(color="1F4E9E")  # as analysts mark what may be changed

    def step(self, name: str, formula: str, shape: str) -> None:
        """Write a step as formulas, rows that it makes on its way above it."""
        node = parsed(formula)
        value = evaluate(formula, self.known)
        self._write(name, value, [f"={one}" for one in self._cells(node, name)], shape)

    def _write(self, name: str, value: Value, cells: Sequence[str], shape: str) -> None:
        self.number += 1
        self.sheet.append([*safe_row([self.words(name), name])])
        for place, text in enumerate(cells):
            cell = self.sheet.cell(self.number, _FIRST + place, text if text.startswith("=") else float(text))
            cell.number_format = shape
        self.rows[name], self.known[name] = self.number, value

    def _cells(self, node: ast.expr, name: str) -> list[str]:
        """A formula for each place of what `node` comes to."""
        value = self._value(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("before", "starts"):
            return self._running(node.func.id, node.args[0], name)
        return [self._at(node, place, name) for place in range(len(_row(value)))]

    def _running(self, word: str, node: ast.expr, name: str) -> list[str]:
        """Products or sums of what stands before each place: each from its left neighbour, in the row to be written next."""
        of, start, sign = self._named(node, name), *(("1", "*") if word == "before" else ("0", "+"))
        count, here = len(_row(self.known[of])), self.number + 1
        return [start, *(f"{_cell(here, one)}{sign}{_cell(self.rows[of], one)}" for one in range(count - 1))]

    def _at(self, node: ast.expr, place: int, name: str) -> str:
        """What `node` comes to at one place, as a spreadsheet writes it."""
        match node:
            case ast.Name(id=of):
                return _cell(self.rows[of], place if isinstance(self.known[of], tuple) else 0)
            case ast.Constant(value=value):
                return repr(value)
            case ast.UnaryOp(operand=operand):
                return f"(0-{self._at(operand, place, name)})"
            case ast.BinOp(left=left, op=op, right=right):
                return f"({self._at(left, place, name)}{_SIGNS[type(op)]}{self._at(right, place, name)})"
            case ast.Call(func=ast.Name(id=word), args=args):
                return self._called(word, args, place, name)
        raise ValueError(f"not in the language of steps: {ast.unparse(node)}")

    def _called(self, word: str, args: list[ast.expr], place: int, name: str) -> str:
        if word in _EACH:
            return f"{_EACH[word]}({','.join(self._at(one, place, name) for one in args)})"
        if word == "count_to":
            return str(place + 1)
        if word == "row":
            places = [(one, at) for one in args for at in range(len(_row(self._value(one))))]
            return self._at(*places[place], name)
        of = self._named(args[0], name)
        last = len(_row(self.known[of])) - 1
        if word in ("first", "last", "ups", "downs"):
            return _cell(self.rows[of], {"first": 0, "last": last, "ups": place, "downs": place + 1}[word])
        row = f"{_cell(self.rows[of], 0)}:{_cell(self.rows[of], last)}"
        if word == "quantile":
            return f"PERCENTILE({row},{self._at(args[1], 0, name)})"
        return f"{_OVER_ROW[word]}({row})"

    def _named(self, node: ast.expr, name: str) -> str:
        """The name of the row `node` is; where it is a formula itself, that row is written first under a name of its own."""
        if isinstance(node, ast.Name):
            return node.id
        known = f"{name}: {ast.unparse(node)}"
        if known not in self.rows:
            cells = [f"={one}" for one in self._cells(node, name)]
            self._write(known, self._value(node), cells, "General")
        return known

    def _value(self, node: ast.expr) -> Value:
        return evaluate(ast.unparse(node), self.known)


def _cell(number: int, place: int) -> str:
    return f"${get_column_letter(_FIRST + place)}${number}"


def _row(value: Value) -> tuple[Decimal, ...]:
    return value if isinstance(value, tuple) else (value,)
