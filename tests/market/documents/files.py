"""Small real files of every kind, and a way to store one."""

import io
import zipfile
from typing import Any

import openpyxl

from market.documents import actions
from market.documents.models import Version
from market.parties.models import Party

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0"
JPG = b"\xff\xd8\xff\xe0\0\x10JFIF\0"
CSV = "编号,名称\n1,一种方法\n".encode()
XML = '<?xml version="1.0" encoding="UTF-8"?><patent>一</patent>'.encode()


def workbook() -> bytes:
    """An empty spreadsheet."""
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def archive(name: str = "contract.pdf") -> bytes:
    """A zip with one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(name, PDF)
    return out.getvalue()


def stored(owner: Party, content: bytes = PDF, **other: Any) -> Version:
    """A contract of `owner` in the vault."""
    values: dict[str, Any] = {
        "subject": "deal:D-TEST",
        "kind": "contract",
        "title": "转让合同",
        "name": "专利权转让合同.pdf",
        "content_type": "application/pdf",
        "by": None,
    }
    return actions.store(owner=owner, content=content, **(values | other))
