"""Reads XML nobody vouches for: decoded as it says, its prolog looked at before any parser sees it, then plain elements.

No document type reaches the parser: nothing can be declared, fetched or expanded. The offices' files carry one that names
their DTD and, of pictures, unparsed entities; those are read over. Whatever else a DOCTYPE declares is refused.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from datetime import date
from html.entities import html5
from xml.sax.saxutils import escape

from lxml import etree

from market.kernel.errors import Refused
from market.kernel.typed import tidy
from market.rights.importers.drafts import MEGABYTE

LARGEST = 20 * MEGABYTE
Element = etree._Element

_TAG = 100_000  # letters between two angle brackets that no office needs: a million attributes or name spaces
_BLANKS = b" \t\r\n"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ENCODINGS = frozenset(
    "ascii utf-8 utf-16 iso8859-1 iso8859-15 cp1252 gb2312 gbk gb18030 big5 shift_jis euc_jp euc_kr".split()
)
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,200}\?>")
_DECLARED = re.compile(rb"<\?xml\s[^>]{0,150}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_NEXT = re.compile(r"(?=<\?xml\s+version\b)")
_MISC = re.compile(r"(?:\s++|<!--.*?-->|<\?.*?\?>)*+", re.DOTALL)
_QUOTED = r"""(?:"[^"]*+"|'[^']*+')"""
_SOURCE = rf"(?:SYSTEM|PUBLIC\s++{_QUOTED})\s*+{_QUOTED}"
_PICTURES = (
    rf"(?:\s++|<!--.*?-->|<!NOTATION\s[^<>]*+>|<!ENTITY\s++[^\s%\"'<>]++\s++{_SOURCE}\s++NDATA\s++[^\s<>]++\s*+>)*+"
)
_DOCTYPE = re.compile(rf"<!DOCTYPE\s++[^\s\[<>]++(?:\s++{_SOURCE})?\s*+(?:\[{_PICTURES}\]\s*+)?>", re.DOTALL)
_REFERENCE = re.compile(r"&([A-Za-z][A-Za-z0-9.]*);")
_PREDEFINED = frozenset({"lt", "gt", "amp", "quot", "apos"})
_DAY = re.compile(r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})(?:[T+\-Z].*)?")


class Missing(Exception):
    """The document lacks something no right is without; `path` says what."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def unreadable(name: str, reason: str, **facts: object) -> Refused:
    """The refusal of a document that is harmless but tells no right."""
    return Refused("import.unreadable", name=name, reason=reason, **facts)


def looks_like_markup(data: bytes) -> bool:
    """Whether the bytes begin as XML does, in any encoding that is read here."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[:2000].decode(encoding, "ignore").lstrip("\ufeff \t\r\n").startswith("<")
    return data.lstrip(_BLANKS).startswith(b"<") or data.startswith((b"<\0", b"\0<"))


def documents(name: str, data: bytes) -> Iterator[str]:
    """The documents of a file as text, without their declarations: one, or as many as an office strings together.

    Refused `import.unreadable` above 20 MB and `import.wrong_encoding` when the bytes are not what the file says.
    """
    if len(data) > LARGEST:
        raise unreadable(name, "too_large", found=f"{LARGEST // MEGABYTE} MB")
    text = _decoded(name, data).lstrip("\ufeff \t\r\n")
    for document in filter(None, _NEXT.split(text)):
        declaration = _DECLARATION.match(document)
        yield _blank(declaration[0]) + document[declaration.end() :] if declaration else document


def parse(name: str, document: str) -> Element:
    """The root of one document, its name spaces taken off. Refused `import.unsafe_markup` before it is parsed when it
    declares entities or anything else, or has a tag beyond all measure; nested too deeply; `import.unreadable`."""
    start = _end_of(_MISC, document, 0)
    if document.startswith("<!DOCTYPE", start):
        doctype = _DOCTYPE.match(document, start)
        if doctype is None:
            raise Refused("import.unsafe_markup", name=name, reason="entities")
        document = document[:start] + _blank(doctype[0]) + _REFERENCE.sub(_character, document[doctype.end() :])
        start = _end_of(_MISC, document, start)
    if document.startswith("<!", start):
        raise Refused("import.unsafe_markup", name=name, reason="entities")
    if re.search(rf"<[^<>]{{{_TAG}}}", document):
        raise Refused("import.unsafe_markup", name=name, reason="tag")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(document.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if "depth" in str(error).lower():
            raise Refused("import.unsafe_markup", name=name, reason="deep") from error
        raise unreadable(name, "not_well_formed", found=str(getattr(error, "lineno", 0) or 1)) from error
    for node in root.iter("*"):
        node.tag = str(node.tag).rpartition("}")[2]
    return root


def _decoded(name: str, data: bytes) -> str:
    """The text, in the encoding its mark shows and its declaration names; the two must agree."""
    shown = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "")
    if not shown and data.startswith((b"<\0", b"\0<")):
        shown = "utf-16-le" if data.startswith(b"<\0") else "utf-16-be"
    head = data[:1000].decode(shown or "latin-1", "ignore").encode("ascii", "ignore")
    declared = _DECLARED.search(head)
    said = declared[1].decode() if declared else ""
    try:
        named = codecs.lookup(said).name if said else shown or "utf-8"
        if named not in _ENCODINGS | {shown}:
            raise LookupError(said)
        if (shown and not shown.startswith(named)) or (not shown and named.startswith("utf-16")):
            raise LookupError(said)
        return data.decode(shown or named)
    except (LookupError, UnicodeDecodeError) as error:
        raise Refused("import.wrong_encoding", name=name, said=said or "UTF-8") from error


def _end_of(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start


def _blank(taken: str) -> str:
    """What stands for a piece taken out, so that lines keep their numbers."""
    return "\n" * taken.count("\n")


def _character(reference: re.Match[str]) -> str:
    """A character named in the office's DTD, which is not read: by its usual name, else the name itself."""
    name = reference[1]
    if name in _PREDEFINED:
        return reference[0]
    known = html5.get(f"{name};")
    return escape(known) if known else f"&amp;{name};"


def one(base: Element, path: str) -> Element:
    """The element at `path`, which must be there."""
    node = base.find(path)
    if node is None:
        raise Missing(path)
    return node


def words(base: Element, path: str) -> str:
    """The words at `path`, which must be there."""
    said = flat(one(base, path))
    if not said:
        raise Missing(path)
    return said


def text(base: Element, path: str) -> str:
    """The words at `path`, or none."""
    node = base.find(path)
    return "" if node is None else flat(node)


def exact(base: Element, path: str) -> str:
    """A number or day at `path`, which must be there; a comment or anything else inside it is a fault, not read over."""
    said = words(base, path)
    if len(one(base, path)):
        raise Missing(path)
    return said


def flat(node: Element) -> str:
    """All words of an element on one line."""
    return tidy("".join(str(piece) for piece in node.itertext()))


def unmapped(root: Element, read: Iterable[str]) -> tuple[str, ...]:
    """The paths of the outermost elements that lie neither at one of the paths in `read`, nor in one, nor around one."""
    taken = {node for path in read for node in root.iterfind(path)}
    around = {above for node in taken for above in node.iterancestors()}
    found: dict[str, None] = {}

    def walk(node: Element, path: str) -> None:
        for child in node.iterchildren("*"):
            inner = f"{path}/{child.tag}"
            if child in taken:
                continue
            if child in around:
                walk(child, inner)
            else:
                found.setdefault(inner)

    walk(root, str(root.tag))
    return tuple(found)


def known_day(said: str) -> date | None:
    """A day as 20040323, 2004-03-23 or with a time zone behind it; None for anything else, as a month alone."""
    match = _DAY.fullmatch(said.strip())
    try:
        return date(int(match[1]), int(match[3]), int(match[4])) if match else None
    except ValueError:
        return None


def day(said: str) -> date:
    """The day, which must be one."""
    found = known_day(said)
    if found is None:
        raise Missing(f"date {said[:12]}")
    return found
