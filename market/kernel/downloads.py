"""Tables that people take home: CSV (UTF-8 with a mark, so that Excel reads it) or XLSX; no cell is a formula."""

import io
from collections.abc import Iterable

from django.http import Http404, HttpResponse
from openpyxl import Workbook

from market.kernel.tables import Row, csv_file, safe_row

_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def table_file(rows: Iterable[Row], form: str, *, name: str, sheet: str) -> HttpResponse:
    """The rows as a file to download, `name` with the suffix `form`, "csv" or "xlsx" (one `sheet`); 404 for another."""
    if form not in _KINDS:
        raise Http404
    content = csv_file(rows) if form == "csv" else _xlsx(rows, sheet)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return HttpResponse(content, content_type=_KINDS[form], headers=headers)


def _xlsx(rows: Iterable[Row], sheet: str) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    page.freeze_panes = "A2"
    for row in rows:
        page.append(safe_row(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
