"""Reads United States patent grants and applications as the USPTO publishes them: XML v4.x, and PAP v1 of 2001-2004."""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from lxml import etree

from market.kernel.errors import Refused
from market.kernel.typed import tidy
from market.rights.importers.drafts import MEGABYTE, RightDraft
from market.rights.rules import terms
from market.rights.rules.checked import Checked
from market.rights.rules.foreign import check_foreign
from market.rights.rules.symbols import check_ipc
from market.rights.rules.taxonomy import suggest_industry

LARGEST = 20 * MEGABYTE
Element = etree._Element
_INVENTION_SERIES = frozenset("ABEP")
# Applications whose benefit is claimed under 35 USC 120, 121, 251 or 365(c): the term runs from the first of them.
_PARENTS = (
    "continuation",
    "continuation-in-part",
    "division",
    "continuing-reissue",
    "us-divisional-reissue",
    "reissue",
)


def read_us_grant(name: str, data: bytes) -> RightDraft:
    """The right one document describes; refused `import.unreadable` with the file's `name` and the `reason`.

    The parser fetches nothing, loads no DTD and expands no entity; a document that declares entities is refused.
    """
    root = _parse(name, data)
    reader = _READERS.get(str(root.tag))
    if reader is None:
        raise _unreadable(name, "unknown_format", found=str(root.tag)[:60])
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _entity in declared.iterentities()):  # type: ignore[attr-defined]  # stubs lack it
        raise _unreadable(name, "entities")
    try:
        return reader(root, name)
    except _Missing as missing:
        raise _unreadable(name, "incomplete", found=missing.path) from missing
    except Refused as refused:
        raise _unreadable(name, "wrong_number", found=str(refused.facts.get("typed", ""))) from refused


def read_us_grants(files: Iterable[tuple[str, bytes]]) -> tuple[list[RightDraft], list[Refused]]:
    """All documents of a delivery: those that can be read, and a refusal for each that cannot."""
    drafts, refusals = [], []
    for name, data in files:
        try:
            drafts.append(read_us_grant(name, data))
        except Refused as refused:
            refusals.append(refused)
    return drafts, refusals


class _Missing(Exception):
    """The document lacks something no right is without."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def _unreadable(name: str, reason: str, **facts: object) -> Refused:
    return Refused("import.unreadable", name=name, reason=reason, **facts)


def _parse(name: str, data: bytes) -> Element:
    if len(data) > LARGEST:
        raise _unreadable(name, "too_large", found=f"{LARGEST // MEGABYTE} MB")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _unreadable(name, "not_well_formed", found=str(getattr(error, "lineno", 0) or 1)) from error


def _read_v4(root: Element, name: str) -> RightDraft:
    granted = root.tag == "us-patent-grant"
    base = _one(root, "us-bibliographic-data-grant" if granted else "us-bibliographic-data-application")
    published = _one(base, "publication-reference/document-id")
    applied = _one(base, "application-reference/document-id")
    mark, published_on = _words(published, "kind"), _day(_words(published, "date"))
    filed_on = _day(_words(applied, "date"))
    publication = check_foreign("US", f"US{_words(published, 'doc-number')}{mark}")
    application = _application(_words(applied, "doc-number"))
    of_type = _type_of(mark, publication)
    extension = _count(base, "us-term-of-grant/us-term-extension")
    ipc = _ipc_v4(base)
    return RightDraft(
        kind="patent",
        type=of_type,
        office="US",
        key=publication.key,
        number=publication.display,
        title=_words(base, "invention-title"),
        title_en=_words(base, "invention-title"),
        abstract=_paragraphs(root, "abstract"),
        first_claim=_first_claim(root, "claims/claim"),
        claims=len(root.findall("claims/claim")) or _count(base, "number-of-claims"),
        application_no=application,
        publication_no=publication.display,
        publication_kind=mark,
        grant_no=publication.display if granted else "",
        inventors=_people(base, ("us-parties/inventors/inventor", "parties/inventors/inventor"))
        or _people(base, ("parties/applicants/applicant[@app-type='applicant-inventor']",)),
        applicants=_people(base, ("us-parties/us-applicants/us-applicant", "parties/applicants/applicant")),
        assignees=_people(base, ("assignees/assignee",)),
        filed_on=filed_on,
        published_on=published_on,
        granted_on=published_on if granted else None,
        expires_on=_last_day(of_type, base, filed_on, published_on, extension) if granted else None,
        term_extension_days=extension,
        terminal_disclaimer=base.find("us-term-of-grant/disclaimer") is not None,
        ipc=ipc,
        industry=_industry(ipc),
        source=name,
        warnings=publication.warnings,
    )


def _read_v1(root: Element, name: str) -> RightDraft:
    base = _one(root, "subdoc-bibliographic-information")
    mark = _words(base, "document-id/kind-code")
    publication = check_foreign("US", f"US{_words(base, 'document-id/doc-number')}{mark}")
    technical = _one(base, "technical-information")
    ipc = tuple(_symbols(node.text for node in technical.iterfind("classification-ipc//ipc")))
    people = [*base.iterfind("inventors/first-named-inventor/name"), *base.iterfind("inventors/inventor/name")]
    return RightDraft(
        kind="patent",
        type=_type_of(mark, publication),
        office="US",
        key=publication.key,
        number=publication.display,
        title=_words(technical, "title-of-invention"),
        title_en=_words(technical, "title-of-invention"),
        abstract=" ".join(_flat(node) for node in root.iterfind("subdoc-abstract/paragraph")),
        first_claim=_first_claim(root, "subdoc-claims/claim"),
        claims=len(root.findall("subdoc-claims/claim")),
        application_no=_application(_words(base, "domestic-filing-data/application-number/doc-number")),
        publication_no=publication.display,
        publication_kind=mark,
        inventors=tuple(_joined(node, ("given-name", "middle-name", "family-name")) for node in people),
        assignees=tuple(_flat(node) for node in base.iterfind("assignee/organization-name")),
        filed_on=_day(_words(base, "domestic-filing-data/filing-date")),
        published_on=_day(_words(base, "document-id/document-date")),
        ipc=ipc,
        industry=_industry(ipc),
        source=name,
    )


def _last_day(of_type: str, base: Element, filed_on: date, granted_on: date, extension: int) -> date | None:
    """Twenty years run from the earliest application this one continues (35 USC 154(a)(2)); a provisional one and
    foreign priority do not count."""
    paths = [f"us-related-documents/{parent}//parent-doc/document-id/date" for parent in _PARENTS]
    paths.append("pct-or-regional-filing-data/document-id/date")
    earlier = [_known_day(_flat(node)) for path in paths for node in base.iterfind(path)]
    start = filed_on if of_type == "design" else min(filter(None, [filed_on, *earlier]))
    return terms.last_day("patent", of_type, "US", filed_on=start, granted_on=granted_on, extension_days=extension)


def _type_of(mark: str, publication: Checked) -> str:
    if publication.type:
        return publication.type
    if mark[:1] in _INVENTION_SERIES:
        return "invention"
    raise _Missing("kind")


def _application(digits: str) -> str:
    return check_foreign("US", f"{digits[:2]}/{digits[2:]}").display


def _ipc_v4(base: Element) -> tuple[str, ...]:
    """The symbols, the first one first, each once."""
    parts = ("section", "class", "subclass", "main-group", "subgroup")
    nodes = [*base.iterfind("classifications-ipcr/classification-ipcr")]
    nodes.sort(key=lambda node: _text(node, "symbol-position") != "F")
    written: list[str | None] = ["{}{}{}{}/{}".format(*(_text(node, part) for part in parts)) for node in nodes]
    older = base.iterfind("classification-ipc/*")
    written += [node.text for node in older if node.tag in ("main-classification", "further-classification")]
    return tuple(dict.fromkeys(_symbols(written)))


def _symbols(written: Iterable[str | None]) -> Iterable[str]:
    """Those that are IPC symbols: Locarno classes of designs and misprints are left out, the right is not lost."""
    for text in written:
        try:
            yield check_ipc(text or "")
        except Refused:
            continue


def _industry(ipc: tuple[str, ...]) -> str:
    return next(filter(None, map(suggest_industry, ipc)), "")


def _people(base: Element, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Names as people write them, given name first; an organisation by its own."""
    names = []
    for node in (found for path in paths for found in base.iterfind(path)):
        book = node.find("addressbook")
        book = node if book is None else book
        names.append(_text(book, "orgname") or _joined(book, ("first-name", "middle-name", "last-name")))
    return tuple(dict.fromkeys(filter(None, names)))


def _joined(node: Element, parts: tuple[str, ...]) -> str:
    return tidy(" ".join(_text(node, part) for part in parts))


def _first_claim(root: Element, path: str) -> str:
    """The words of claim 1 without its number."""
    node = root.find(path)
    if node is None:
        return ""
    for part in node.iter("claim-text"):
        part.text = f" {part.text or ''}"  # parts stand on lines of their own
    return _flat(node).lstrip("0123456789").lstrip(". ")


def _paragraphs(root: Element, path: str) -> str:
    return " ".join(_flat(node) for node in root.iterfind(f"{path}/p"))


def _one(base: Element, path: str) -> Element:
    node = base.find(path)
    if node is None:
        raise _Missing(path)
    return node


def _words(base: Element, path: str) -> str:
    """The words at `path`, which must be there."""
    words = _flat(_one(base, path))
    if not words:
        raise _Missing(path)
    return words


def _text(base: Element, path: str) -> str:
    node = base.find(path)
    return "" if node is None else _flat(node)


def _flat(node: Element) -> str:
    return tidy("".join(str(piece) for piece in node.itertext()))


def _count(base: Element, path: str) -> int:
    words = _text(base, path)
    return int(words) if words.isdecimal() else 0


def _day(digits: str) -> date:
    day = _known_day(digits)
    if day is None:
        raise _Missing(f"date {digits[:12]}")
    return day


def _known_day(digits: str) -> date | None:
    try:
        return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 (a plain day in the register)
    except ValueError:
        return None


_READERS: dict[str, Callable[[Element, str], RightDraft]] = {
    "us-patent-grant": _read_v4,
    "us-patent-application": _read_v4,
    "patent-application-publication": _read_v1,
}
