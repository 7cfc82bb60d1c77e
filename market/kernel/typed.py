"""What people type or paste, made plain before a rule reads it; and what a spreadsheet must not take for a formula."""

import unicodedata

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－ー﹣"), "-")
_INVISIBLE = dict.fromkeys(
    [*map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202b\u202c\u202d\u202e"), *range(9), *range(14, 28), 127]
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def tidy(text: str) -> str:
    """`text` with every run of blanks (full-width, line ends) as one, none at the ends, nothing invisible."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_INVISIBLE).split())


def plain(text: str) -> str:
    """An identifier as typed, in half-width capitals without blanks, invisible characters or fancy dashes and stops."""
    half = unicodedata.normalize("NFKC", text.translate(_DASHES).translate(_INVISIBLE)).replace("。", ".")
    return unicodedata.normalize("NFKC", "".join(half.split()).upper())


def bare(text: str) -> str:
    """`plain` without its hyphens: for codes whose groups people separate as they like."""
    return plain(text).replace("-", "")


def safe_cell(text: str) -> str:
    """`text` as a spreadsheet cell that stays text: an apostrophe before what would start a formula (ASVS 1.2.10)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def from_cell(text: str) -> str:
    """The text that `safe_cell` wrote."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text
