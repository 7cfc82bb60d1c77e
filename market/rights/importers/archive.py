"""Takes the files out of a ZIP archive, one after another in memory; one that could hurt is refused before it is unpacked."""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator

from market.kernel.errors import Refused
from market.rights.importers.drafts import MEGABYTE

MEMBERS = 10_000
INFLATED = 200 * MEGABYTE
ONE = 20 * MEGABYTE
_RATIO = 200
_SYSTEM_LEFTOVERS = ("__macosx/", ".ds_store", "thumbs.db")
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_DRIVE = re.compile(r"[A-Za-z]:")
_PLAIN_FILES = (0, stat.S_IFREG, stat.S_IFDIR)  # 0: made on a system that does not say


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a ZIP archive does (a workbook is one)."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_workbook(name: str, data: bytes) -> bool:
    """Whether a ZIP archive is an office document; refused `import.not_a_table` if it has no directory."""
    names = {member.filename.lower() for member in _members(name, data)}
    return bool(names & {"xl/workbook.xml", "[content_types].xml"})


def unpack(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """The files of the archive by their path in it, in its order. Nothing is written anywhere.

    Refused `import.unsafe_archive` before the first file is unpacked: a path that leads out, a link or device, a password,
    too many or too large files; while unpacking: an archive within, a file larger than it says.
    """
    members = [member for member in _members(name, data) if not _left_out(member)]
    _inspect(name, members, len(data))
    for member in sorted(members, key=lambda one: one.filename):
        content = _content(name, data, member)
        if content.startswith(_ARCHIVES) and not (is_zip(content) and is_workbook(member.filename, content)):
            raise _unsafe(name, "nested", member)
        yield member.filename, content


def _members(name: str, data: bytes) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Refused("import.not_a_table", name=name) from error


def _left_out(member: zipfile.ZipInfo) -> bool:
    path = member.filename.lower()
    return (
        member.is_dir() or path.startswith(_SYSTEM_LEFTOVERS) or path.rpartition("/")[2].startswith(_SYSTEM_LEFTOVERS)
    )


def _inspect(name: str, members: list[zipfile.ZipInfo], size: int) -> None:
    if len(members) > MEMBERS:
        raise Refused("import.unsafe_archive", name=name, reason="many", member="", limit=MEMBERS)
    total, end = 0, 0
    for member in sorted(members, key=lambda one: one.header_offset):
        path = member.orig_filename.replace("\\", "/")
        if path.startswith("/") or _DRIVE.match(path) or ".." in path.split("/") or "\0" in path:
            raise _unsafe(name, "path", member)
        if stat.S_IFMT(member.external_attr >> 16) not in _PLAIN_FILES:
            raise _unsafe(name, "link", member)
        if member.flag_bits & 1:
            raise _unsafe(name, "password", member)
        squeezed = member.file_size > MEGABYTE and member.file_size > _RATIO * max(member.compress_size, 1)
        total += member.file_size
        if member.file_size > ONE or total > INFLATED or squeezed or member.header_offset < end:
            raise _unsafe(name, "bomb", member)
        end = member.header_offset + member.compress_size
    if end > size:
        raise _unsafe(name, "bomb", members[-1])


def _content(name: str, data: bytes, member: zipfile.ZipInfo) -> bytes:
    """The bytes of one file, never more than its directory says."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(member) as file:
            content = file.read(member.file_size + 1)
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise _unsafe(name, "damaged", member) from error
    if len(content) != member.file_size:
        raise _unsafe(name, "bomb", member)
    return content


def _unsafe(name: str, reason: str, member: zipfile.ZipInfo) -> Refused:
    path = "".join(letter for letter in member.filename if letter.isprintable())[:80]
    return Refused("import.unsafe_archive", name=name, reason=reason, member=path, limit=MEMBERS)
