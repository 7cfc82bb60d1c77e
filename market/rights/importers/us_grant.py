"""Reads United States patents as the USPTO publishes them: XML v4.x, and of 2001-2004 PAP v1 applications, ST.32 grants."""

from collections.abc import Callable, Iterable
from datetime import date

from market.kernel.errors import Refused
from market.kernel.typed import tidy
from market.rights.importers.drafts import ENGLISH_TITLE, TITLE, RightDraft
from market.rights.importers.markup import Element, Missing, day, exact, flat, known_day, one, text, unreadable, words
from market.rights.rules import terms
from market.rights.rules.checked import Checked
from market.rights.rules.foreign import check_foreign
from market.rights.rules.symbols import check_ipc, check_locarno
from market.rights.rules.taxonomy import suggest_industry

_INVENTION_SERIES = frozenset("ABEP")
# Applications whose benefit is claimed under 35 USC 120, 121, 251 or 365(c): the term runs from the first of them.
_PARENTS = (
    *(
        f"us-related-documents/{parent}//parent-doc/document-id/date"
        for parent in (
            "continuation",
            "continuation-in-part",
            "division",
            "continuing-reissue",
            "us-divisional-reissue",
            "reissue",
        )
    ),
    "pct-or-regional-filing-data/document-id/date",
)
# The same of ST.32, by its numbers: 62 division, 63 continuation (in part, too), 64 reissue, 86 international filing.
_PARENTS_ST32 = (*(f"B600/{tag}//PDOC/DOC/DATE" for tag in ("B620", "B630", "B640US")), "B800/B860/B861/DOC/DATE")


def read_us_patent(name: str, root: Element) -> RightDraft:
    """The right one document describes; refused `import.unreadable` with the file's `name` and the `reason`."""
    try:
        draft = READERS[str(root.tag)](root, name)
    except Missing as missing:
        raise unreadable(name, "incomplete", found=missing.path) from missing
    except Refused as refused:
        raise unreadable(name, "wrong_number", found=str(refused.facts.get("typed", ""))) from refused
    if len(draft.title) > TITLE:
        raise Refused("import.cell_too_long", column="invention-title", limit=TITLE)
    return draft


def _read_v4(root: Element, name: str) -> RightDraft:
    granted = root.tag == "us-patent-grant"
    base = one(root, "us-bibliographic-data-grant" if granted else "us-bibliographic-data-application")
    published = one(base, "publication-reference/document-id")
    applied = one(base, "application-reference/document-id")
    mark, published_on = exact(published, "kind"), day(exact(published, "date"))
    filed_on = day(exact(applied, "date"))
    publication = check_foreign("US", f"US{exact(published, 'doc-number')}{mark}")
    application = _application(exact(applied, "doc-number"))
    of_type = _type_of(mark, publication)
    extension = _count(base, "us-term-of-grant/us-term-extension")
    ipc = _locarno(base) if of_type == "design" else _ipc_v4(base)
    return RightDraft(
        kind="patent",
        type=of_type,
        office="US",
        key=publication.key,
        number=publication.display,
        title=words(base, "invention-title"),
        title_en=_fitting(words(base, "invention-title")),
        abstract=_paragraphs(root, "abstract"),
        first_claim=_first_claim(root, "claims/claim"),
        claims=len(root.findall("claims/claim")) or _count(base, "number-of-claims"),
        application_no=application,
        publication_no=publication.display,
        publication_kind=mark,
        grant_no=publication.display if granted else "",
        inventors=_people(base, ("us-parties/inventors/*", "parties/inventors/*"))
        or _people(base, ("parties/applicants/applicant[@app-type='applicant-inventor']",)),
        applicants=_people(base, ("us-parties/us-applicants/us-applicant", "parties/applicants/applicant")),
        assignees=_people(base, ("assignees/assignee",)),
        filed_on=filed_on,
        published_on=published_on,
        granted_on=published_on if granted else None,
        expires_on=_last_day(of_type, filed_on, published_on, base, _PARENTS, extension) if granted else None,
        term_extension_days=extension,
        terminal_disclaimer=base.find("us-term-of-grant/disclaimer") is not None,
        ipc=ipc,
        industry=_industry(ipc),
        source=name,
        warnings=publication.warnings,
    )


def _read_v1(root: Element, name: str) -> RightDraft:
    base = one(root, "subdoc-bibliographic-information")
    mark = exact(base, "document-id/kind-code")
    publication = check_foreign("US", f"US{exact(base, 'document-id/doc-number')}{mark}")
    technical = one(base, "technical-information")
    ipc = tuple(_symbols(node.text for node in technical.iterfind("classification-ipc//ipc")))
    people = [*base.iterfind("inventors/first-named-inventor/name"), *base.iterfind("inventors/inventor/name")]
    return RightDraft(
        kind="patent",
        type=_type_of(mark, publication),
        office="US",
        key=publication.key,
        number=publication.display,
        title=words(technical, "title-of-invention"),
        title_en=_fitting(words(technical, "title-of-invention")),
        abstract=" ".join(flat(node) for node in root.iterfind("subdoc-abstract/paragraph")),
        first_claim=_first_claim(root, "subdoc-claims/claim"),
        claims=len(root.findall("subdoc-claims/claim")),
        application_no=_application(exact(base, "domestic-filing-data/application-number/doc-number")),
        publication_no=publication.display,
        publication_kind=mark,
        inventors=tuple(_joined(node, ("given-name", "middle-name", "family-name")) for node in people),
        assignees=tuple(flat(node) for node in base.iterfind("assignee/organization-name")),
        filed_on=day(exact(base, "domestic-filing-data/filing-date")),
        published_on=day(exact(base, "document-id/document-date")),
        ipc=ipc,
        industry=_industry(ipc),
        source=name,
    )


def _read_st32(root: Element, name: str) -> RightDraft:
    base = one(root, "SDOBI")
    mark, granted_on = exact(base, "B100/B130/PDAT"), day(exact(base, "B100/B140/DATE/PDAT"))
    publication = check_foreign("US", f"US{exact(base, 'B100/B110/DNUM/PDAT')}{mark}")
    of_type, filed_on = _type_of(mark, publication), day(exact(base, "B200/B220/DATE/PDAT"))
    extension = _count(base, "B400/B472/B474US")
    symbols = (*base.iterfind("B500/B510/B511/PDAT"), *base.iterfind("B500/B510/B512/PDAT"))
    read = _locarno_of if of_type == "design" else _ipc_st32
    ipc = tuple(dict.fromkeys(symbol for node in symbols for symbol in read(node.text or "")))
    return RightDraft(
        kind="patent",
        type=of_type,
        office="US",
        key=publication.key,
        number=publication.display,
        title=words(base, "B500/B540"),
        title_en=_fitting(words(base, "B500/B540")),
        abstract=" ".join(flat(node) for node in root.iterfind("SDOAB//PARA")),
        first_claim=_first_claim(root, "SDOCL//CLM"),
        claims=len(root.findall("SDOCL//CLM")) or _count(base, "B500/B570/B577"),
        application_no=_application(exact(base, "B200/B210/DNUM/PDAT")),
        publication_no=publication.display,
        publication_kind=mark,
        grant_no=publication.display,
        inventors=_parties_st32(base, "B700/B720/B721/PARTY-US/NAM"),
        assignees=_parties_st32(base, "B700/B730/B731/PARTY-US/NAM"),
        filed_on=filed_on,
        published_on=granted_on,
        granted_on=granted_on,
        expires_on=_last_day(of_type, filed_on, granted_on, base, _PARENTS_ST32, extension),
        term_extension_days=extension,
        terminal_disclaimer=base.find("B400/B472/B473US") is not None or base.find("B400/B472/B473") is not None,
        ipc=ipc,
        industry=_industry(ipc),
        source=name,
        warnings=publication.warnings,
    )


def _ipc_st32(written: str) -> Iterable[str]:
    """A symbol as "G06F 1730": four letters, three places for the group, the rest for what follows the stroke."""
    return _symbols([f"{written[:4]}{written[4:7].strip()}/{written[7:].strip()}"])


def _parties_st32(base: Element, path: str) -> tuple[str, ...]:
    names = (text(node, "ONM") or _joined(node, ("FNM", "SNM")) for node in base.iterfind(path))
    return tuple(dict.fromkeys(filter(None, names)))


def _last_day(
    of_type: str, filed_on: date, granted_on: date, base: Element, parents: Iterable[str], extension: int
) -> date | None:
    """Twenty years run from the earliest application this one continues (35 USC 154(a)(2)); a provisional one and
    foreign priority do not count."""
    earlier = [known_day(flat(node)) for path in parents for node in base.iterfind(path)]
    first = min(filter(None, [filed_on, *earlier]))
    days = {"filed_on": filed_on, "granted_on": granted_on, "first_filed_on": first}
    return terms.last_day("patent", of_type, "US", **days, extension_days=extension)


def _fitting(title: str) -> str:
    """A title longer than an English one may be stands as the title alone."""
    return title if len(title) <= ENGLISH_TITLE else ""


def _type_of(mark: str, publication: Checked) -> str:
    if publication.type:
        return publication.type
    if mark[:1] in _INVENTION_SERIES:
        return "invention"
    raise Missing("kind")


def _application(digits: str) -> str:
    return check_foreign("US", f"{digits[:2]}/{digits[2:]}").display


def _ipc_v4(base: Element) -> tuple[str, ...]:
    """The symbols, the first one first, each once."""
    parts = ("section", "class", "subclass", "main-group", "subgroup")
    nodes = [*base.iterfind("classifications-ipcr/classification-ipcr")]
    nodes.sort(key=lambda node: text(node, "symbol-position") != "F")
    written: list[str | None] = ["{}{}{}{}/{}".format(*(text(node, part) for part in parts)) for node in nodes]
    older = base.iterfind("classification-ipc/*")
    written += [node.text for node in older if node.tag in ("main-classification", "further-classification")]
    return tuple(dict.fromkeys(_symbols(written)))


def _locarno(base: Element) -> tuple[str, ...]:
    """A design's class as "21-04"; grants write it without the hyphen."""
    return tuple(_locarno_of(text(base, "classification-locarno/main-classification")))


def _locarno_of(written: str) -> Iterable[str]:
    digits = written.replace("-", "")
    try:
        return (check_locarno(f"{digits[:2]}-{digits[2:]}"),)
    except Refused:
        return ()


def _symbols(written: Iterable[str | None]) -> Iterable[str]:
    """Those that are IPC symbols: Locarno classes of designs and misprints are left out, the right is not lost."""
    for symbol in written:
        try:
            yield check_ipc(symbol or "")
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
        names.append(text(book, "orgname") or _joined(book, ("first-name", "middle-name", "last-name")))
    return tuple(dict.fromkeys(filter(None, names)))


def _joined(node: Element, parts: tuple[str, ...]) -> str:
    return tidy(" ".join(text(node, part) for part in parts))


def _first_claim(root: Element, path: str) -> str:
    """The words of claim 1 without its number."""
    node = root.find(path)
    if node is None:
        return ""
    for part in node.iter("claim-text"):
        part.text = f" {part.text or ''}"  # parts stand on lines of their own
    return flat(node).lstrip("0123456789").lstrip(". ")


def _paragraphs(root: Element, path: str) -> str:
    return " ".join(flat(node) for node in root.iterfind(f"{path}/p"))


def _count(base: Element, path: str) -> int:
    said = text(base, path)
    return int(said) if said.isdecimal() and len(said) < 7 else 0


READERS: dict[str, Callable[[Element, str], RightDraft]] = {
    "us-patent-grant": _read_v4,
    "us-patent-application": _read_v4,
    "patent-application-publication": _read_v1,
    "PATDOC": _read_st32,
}
_BIBLIOGRAPHIC = (
    "publication-reference application-reference us-term-of-grant classifications-ipcr classification-ipc"
    " classification-locarno invention-title number-of-claims us-related-documents pct-or-regional-filing-data"
    " us-parties/us-applicants us-parties/inventors parties/applicants parties/inventors assignees"
).split()
_OLD = (
    "B100/B110 B100/B130 B100/B140 B200/B210 B200/B220 B400/B472 B500/B510/B511 B500/B510/B512 B500/B540 B500/B570/B577"
    " B600/B620 B600/B630 B600/B640US B700/B720 B700/B730 B800/B860/B861"
).split()
_PUBLISHED = (
    "document-id domestic-filing-data technical-information/classification-ipc technical-information/title-of-invention"
    " inventors assignee"
).split()
READ: dict[str, tuple[str, ...]] = {
    "us-patent-grant": (*(f"us-bibliographic-data-grant/{path}" for path in _BIBLIOGRAPHIC), "abstract", "claims"),
    "us-patent-application": (
        *(f"us-bibliographic-data-application/{path}" for path in _BIBLIOGRAPHIC),
        *("abstract", "claims"),
    ),
    "patent-application-publication": (
        *(f"subdoc-bibliographic-information/{path}" for path in _PUBLISHED),
        *("subdoc-abstract", "subdoc-claims"),
    ),
    "PATDOC": (*(f"SDOBI/{path}" for path in _OLD), "SDOAB", "SDOCL"),
}
