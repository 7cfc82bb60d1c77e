"""Makes our own papers: a typst template and data in, the same PDF bytes out every time."""

import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

FONTS = Path(__file__).resolve().parent / "fonts"
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


def pdf(template: str, data: dict[str, Any]) -> bytes:
    """The PDF/A-2b of templates/pdf/<template>.typ over `data`, which must be JSON (money, days and names as text).

    The template reads `sys.inputs.data` (the JSON) and `sys.inputs.digest` (its SHA-256, printed at the foot). Data go
    in as data, never into the source, so nothing a person typed can be markup. No font but ours is used; a character it
    lacks, or one that would turn the text around, is printed as its number (〔U+1F98A〕). The file's date is
    `data["dated"]` (ISO 8601), never the moment of printing: the same data give the same bytes.
    """
    folder = Path(settings.ROOT) / "templates" / "pdf"
    text = _canonical(data)
    made = typst.compile(
        str(folder / f"{template}.typ"),
        root=str(folder),
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"data": _canonical(_drawable(data)), "digest": hashlib.sha256(text.encode()).hexdigest()},
        pdf_standards="a-2b",
        timestamp=_moment(data.get("dated")),
    )
    if not isinstance(made, bytes):
        raise TypeError(f"{template} came out in {len(made or [])} pieces")
    return made


def _canonical(data: Any) -> str:
    """The data as JSON, the same text whatever order they were put together in."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _drawable(value: Any) -> Any:
    """The data with every character the font cannot draw written as its number."""
    if isinstance(value, dict):
        return {key: _drawable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(item) for item in value]
    if isinstance(value, str):
        return "".join(
            sign if sign == "\n" or ord(sign) in _characters() else f"〔U+{ord(sign):04X}〕" for sign in value
        )
    return value


@cache
def _fonts() -> typst.Fonts:
    """Our font, read once for a process: reading it takes longer than setting a page."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])


@cache
def _characters() -> frozenset[int]:
    """The code points our font draws (fonts/characters.txt)."""
    ends = (line.split("-") for line in (FONTS / "characters.txt").read_text().split())
    return frozenset(point for low, *high in ends for point in range(int(low, 16), int((high or [low])[0], 16) + 1))


def _moment(dated: str | None) -> datetime:
    """The moment a paper bears: a day counts from midnight UTC."""
    if not dated:
        return UNDATED
    moment = datetime.fromisoformat(dated)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
