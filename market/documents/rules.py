"""What may be stored: the file types we keep, told by their content and not by what the sender calls them."""

from typing import NamedTuple

import filetype

from market.kernel.errors import Refused

MAX_BYTES = 20 * 1024 * 1024
HEAD_BYTES = 8192  # enough of a file's beginning to tell its type

_OFFICE = "application/vnd.openxmlformats-officedocument."


class Kind(NamedTuple):
    """A file type: what we serve it as, and the types its first bytes may show (a spreadsheet is also a zip)."""

    content_type: str
    magic: frozenset[str]


KINDS = {
    "pdf": Kind("application/pdf", frozenset({"pdf"})),
    "png": Kind("image/png", frozenset({"png"})),
    "jpg": Kind("image/jpeg", frozenset({"jpg"})),
    "jpeg": Kind("image/jpeg", frozenset({"jpg"})),
    "zip": Kind("application/zip", frozenset({"zip"})),
    "xlsx": Kind(f"{_OFFICE}spreadsheetml.sheet", frozenset({"xlsx", "zip"})),
    "docx": Kind(f"{_OFFICE}wordprocessingml.document", frozenset({"docx", "zip"})),
    "csv": Kind("text/csv; charset=utf-8", frozenset()),
    "tsv": Kind("text/tab-separated-values; charset=utf-8", frozenset()),
    "xml": Kind("application/xml", frozenset()),
    "sta": Kind("text/plain; charset=utf-8", frozenset()),  # MT940, as banks name it
    "txt": Kind("text/plain; charset=utf-8", frozenset()),
}
# Shown inside the browser; everything else is only ever downloaded.
INLINE = frozenset({"application/pdf", "image/png", "image/jpeg"})


def check_upload(name: str, content_type: str, head: bytes, size: int, limit: int = MAX_BYTES) -> str:
    """The content type to store and serve the file as, decided by its suffix and its first bytes (`head`).

    `content_type` is what the sender says; it is believed about nothing. `size` and `limit` are bytes.
    Refused `file.empty`, `file.size`, `file.type` (unknown suffix, or content of another type than the suffix).
    """
    if size == 0:
        raise Refused("file.empty", name=name)
    if size > limit:
        raise Refused("file.size", name=name, size=size, limit=limit)
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    kind = KINDS.get(suffix)
    if kind is None or not _fits(suffix, kind, head):
        raise Refused("file.type", name=name, said=content_type)
    return kind.content_type


def _fits(suffix: str, kind: Kind, head: bytes) -> bool:
    """Whether the first bytes are of the kind the suffix promises."""
    if not kind.magic and head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode()
    guess = filetype.guess(head)
    if kind.magic:
        return guess is not None and guess.extension in kind.magic
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if guess is not None or b"\0" in head:
        return False
    if suffix == "xml":
        return text.startswith(b"<") and not text[:15].lower().startswith((b"<!doctype html", b"<html", b"<svg"))
    return not text.startswith(b"<")


def clean_name(name: str) -> str:
    """The file's own name without path or control characters, short enough to keep (160 characters, suffix kept)."""
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(sign for sign in last if sign.isprintable()).strip(" .") or "file"
    stem, dot, suffix = printable.rpartition(".")
    if not dot:
        return printable[:160]
    return f"{stem[: 159 - len(suffix)]}.{suffix}" if len(suffix) < 20 else printable[:160]
