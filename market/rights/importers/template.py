"""Writes the table template people download, fill in and upload: headings in both languages, an example of each kind."""

import io
from collections.abc import Callable, Iterable

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from market.kernel.errors import Refused
from market.kernel.tables import Row, csv_file, safe_row
from market.rights.importers.columns import EXAMPLES, KIND_CHOICES, TEMPLATE_COLUMNS
from market.rights.rules.taxonomy import INDUSTRIES, WORK_KINDS

_PREPARED_ROWS = 300
_CHOICES = {
    "kind": KIND_CHOICES,
    "industry": tuple(INDUSTRIES.values()),
    "work_kind": tuple(word for key, word in WORK_KINDS.items() if key != "software"),
}
_WIDE = {"title": 36, "title_en": 30, "abstract": 40, "goods": 24}


def write_template(form: str) -> bytes:
    """The empty template with its examples: "csv" (UTF-8 with a mark, so that Excel reads it) or "xlsx".

    Refused `import.unknown_form` for anything else. Every cell is text, so no number loses its zeros or digits.
    """
    writer = _WRITERS.get(form)
    if writer is None:
        raise Refused("import.unknown_form", form=form[:20])
    headings = [f"{column.heading}{' *' if column.required else ''}" for column in TEMPLATE_COLUMNS]
    examples = [[example.get(column.key, "") for column in TEMPLATE_COLUMNS] for example in EXAMPLES]
    return writer([headings, *examples])


def _xlsx(rows: Iterable[Row]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "权利 Rights"
    for row in rows:
        sheet.append(safe_row(row))
    sheet.freeze_panes = "A2"
    for place, column in enumerate(TEMPLATE_COLUMNS, 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = _WIDE.get(column.key, 20)
        sheet[f"{letter}1"].font = Font(bold=True)
        sheet[f"{letter}1"].alignment = Alignment(wrap_text=True, vertical="top")
        for number in range(2, _PREPARED_ROWS + 1):
            sheet[f"{letter}{number}"].number_format = "@"
        if column.key in _CHOICES:
            choice = DataValidation(type="list", formula1=f'"{",".join(_CHOICES[column.key])}"', allow_blank=True)
            sheet.add_data_validation(choice)
            choice.add(f"{letter}2:{letter}{_PREPARED_ROWS}")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_WRITERS: dict[str, Callable[[Iterable[Row]], bytes]] = {"csv": csv_file, "xlsx": _xlsx}
