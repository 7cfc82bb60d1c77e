"""Reads trademarks as offices send them: WIPO ST.96 and ST.66, whatever wraps them; a right for each class of each mark."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from market.kernel.errors import Refused
from market.kernel.typed import tidy
from market.rights.importers.drafts import ENGLISH_TITLE, TITLE, Conveyance, RightDraft
from market.rights.importers.markup import Element, Missing, flat, known_day, unreadable
from market.rights.rules.checked import Checked
from market.rights.rules.foreign import OFFICES
from market.rights.rules.symbols import check_nice
from market.rights.rules.trademarks import check_trademark

TAGS = ("Trademark", "TradeMark")  # ST.96, ST.66
READ = tuple(
    f".//{tag}"
    for tag in (
        "RegistrationOfficeCode IPOfficeCode ApplicationNumber ST13ApplicationNumber RegistrationNumber ApplicationDate"
        " RegistrationDate ExpiryDate PublicationDate ClassDescription GoodsServicesClassification MarkVerbalElementText"
        " MarkSignificantVerbalElementText Holder Owner Applicant Assignment MarkCurrentStatusExternalDescriptionText"
        " MarkCurrentStatusCode"
    ).split()
)
_WRAPPERS = ("TransactionData", "TradeMarkDetails", "TransactionContentDetails", "TransactionContentBag")
_LANGUAGES = ("zh", "en", "")
_NUMBERS = ("ApplicationNumber", "ST13ApplicationNumber", "RegistrationNumber")
_APPLICATION = (
    "ApplicationNumber/ApplicationNumberText",
    "ApplicationNumber",
    "ApplicationNumber/ST13ApplicationNumber",
    "ST13ApplicationNumber",
)
_PARTIES = ("Holder", "Owner", "Applicant")
_ENDED = re.compile(r"\b(cancel|abandon|expired|dead|withdrawn|refused|invalid|surrender|ended|removed)", re.IGNORECASE)
_ST13 = re.compile(r"[A-Z]{2}[0-9]{6}.+")  # the office, the type of right, the year, then its number
_BY_OFFICE = re.compile(r"[0-9]{2}")
Goods = dict[int, list[str]]


def marks_in(root: Element) -> list[Element]:
    """The marks a document holds, in its order; an element inside a mark that bears the same name is none."""
    found = [node for node in root.iter(*TAGS) if _is_mark(node)]
    inner = {id(node) for mark in found for node in mark.iter(*TAGS) if node is not mark}
    return [node for node in found if id(node) not in inner]


def read_mark(name: str, mark: Element) -> Iterator[RightDraft | Refused]:
    """A draft for each class of one mark; a refusal for a class that is none of Nice's. Refused `import.unreadable`."""
    try:
        office, checked, applied = _numbers(mark)
        goods, strange = _goods(mark)
        if not goods and not strange:
            raise Missing("ClassNumber")
        filed_on, granted_on = _day(mark, "ApplicationDate"), _day(mark, "RegistrationDate")
        if not checked.application and granted_on is None and office == "US":
            raise Missing("RegistrationDate")
    except Missing as missing:
        raise unreadable(name, "incomplete", found=missing.path) from missing
    except Refused as refused:
        raise unreadable(name, "wrong_number", found=str(refused.facts.get("typed", ""))) from refused
    said = _words(mark)
    if len(said) > TITLE:
        raise Refused("import.cell_too_long", column="MarkVerbalElementText", limit=TITLE)
    yield from strange
    for nice_class, lines in goods.items():
        yield RightDraft(
            kind="trademark",
            type="",
            office=office,
            key=checked.key,
            number=checked.display,
            application_no=applied.display if applied else "",
            other_keys=(applied.key.number,) if applied else (),
            title=said or f"图形商标 Figurative mark {checked.display}",
            title_en=said if said.isascii() and len(said) <= ENGLISH_TITLE else "",
            owners=_owners(mark, office),
            conveyances=tuple(_conveyances(mark)),
            filed_on=filed_on,
            granted_on=granted_on,
            published_on=_day(mark, ".//PublicationDate"),
            expires_on=_day(mark, "ExpiryDate"),
            nice_class=nice_class,
            goods="; ".join(lines),
            source=name,
            warnings=(*checked.warnings, *_warnings(mark)),
        )


def _is_mark(node: Element) -> bool:
    return any(node.find(tag) is not None for tag in _NUMBERS)


def _numbers(mark: Element) -> tuple[str, Checked, Checked | None]:
    """The office, the registration's number or else the application's, and, of a registered mark, the application's."""
    office = (_first(mark, "RegistrationOfficeCode", "IPOfficeCode") or "US").upper()
    if office not in OFFICES:
        raise Missing(f"RegistrationOfficeCode {office[:12]}")
    application, registration = _exact(mark, *_APPLICATION), _exact(mark, "RegistrationNumber")
    if _ST13.fullmatch(application):
        application = application[8:]
    if not registration.strip("0"):
        registration = ""
    if office == "US":
        registration = registration.zfill(7) if registration.isdecimal() else registration
        application = application[-8:].zfill(8) if application.isdecimal() else application
    applied = check_trademark(office, application) if application else None
    if registration:
        return office, check_trademark(office, registration), applied
    if applied is None:
        raise Missing("RegistrationNumber")
    return office, Checked(applied.value, applied.key, applied.display, applied.warnings, application=True), None


def _goods(mark: Element) -> tuple[Goods, list[Refused]]:
    """The goods by class, in the file's order; classes the file only lists have none. What is no Nice class is told."""
    goods: Goods = {}
    strange: list[Refused] = []
    for node in mark.iter("ClassDescription", "GoodsServicesClassification"):
        kind = _first(node, "ClassificationKindCode", "ClassificationSystemCode")
        number = _first(node, "ClassNumber", "NiceClassNumber")
        if not number or (kind and kind.casefold() not in ("nice", "primary")):
            continue
        try:
            lines = goods.setdefault(check_nice(number), [])
        except Refused as refused:
            if str(refused) not in map(str, strange):
                strange.append(refused)
            continue
        told = _in_one_language(node.iter("GoodsServicesDescriptionText", "GoodsServicesDescription"))
        lines += [line for line in told if line not in lines]
    return goods, strange


def _words(mark: Element) -> str:
    for tag in ("MarkVerbalElementText", "MarkSignificantVerbalElementText"):
        said = _in_one_language(mark.iter(tag))
        if said:
            return " ".join(dict.fromkeys(said))
    return ""


def _in_one_language(nodes: Iterable[Element]) -> list[str]:
    """The words in Chinese, else English, else no language told, else the first told; an untold one is everybody's."""
    told: dict[str, list[str]] = {}
    for node in nodes:
        language = next((value for key, value in node.attrib.items() if str(key).endswith("languageCode")), "")
        if said := flat(node):
            told.setdefault(str(language).lower()[:2], []).append(said)
    chosen = next((language for language in _LANGUAGES if language in told), next(iter(told), ""))
    return told.get(chosen, [])


def _owners(mark: Element, office: str) -> tuple[str, ...]:
    """Whom the office names as owner today. The American one tells every owner there was, the latest by the highest code:
    10 and up applied, 20 owned it at publication, 30 registered it, 31 and up came after (several: co-owners)."""
    parties = [node for tag in _PARTIES for node in _around(mark).iter(tag)]
    coded = [(_code_of(node), node) for node in parties]
    if office == "US" and any(code >= 10 for code, _node in coded):
        latest = max(code for code, _node in coded)
        parties = [node for code, node in coded if code == latest]
    return _names(parties)


def _code_of(party: Element) -> int:
    told = _first(party, "PartyTypeCode")
    sequence = next((str(value) for key, value in party.attrib.items() if str(key).endswith("sequenceNumber")), "")
    match = _BY_OFFICE.fullmatch(told or sequence)
    return int(match[0]) if match else 0


def _around(mark: Element) -> Element:
    """The mark with its wrapper, where ST.66 keeps the applicants, unless that wraps other marks too."""
    widest = mark
    for wrapper in mark.iterancestors(*_WRAPPERS):
        if any(_is_mark(node) for node in wrapper.iter(*TAGS) if node is not mark):
            break
        widest = wrapper
    return widest


def _names(parties: Iterable[Element]) -> tuple[str, ...]:
    """Each party's name once, however capitalised."""
    named: dict[str, str] = {}
    for party in parties:
        lines = [flat(line) for line in party.iter("FreeFormatNameLine")]
        name = (
            _first(party, "EntityName", "OrganizationStandardName", "OrganizationName", "PersonFullName")
            or " ".join(filter(None, lines))
            or " ".join(filter(None, (_first(party, part) for part in ("FirstName", "MiddleName", "LastName"))))
        )
        if name:
            named.setdefault(tidy(name).casefold(), tidy(name))
    return tuple(named.values())


def _conveyances(mark: Element) -> Iterator[Conveyance]:
    """The entries about owners, oldest first; a security interest is no change of owner and told by `_warnings`."""
    found = []
    for node in mark.iter("Assignment"):
        said, recorded_on = _first(node, "AssignmentConveyanceCategory"), _day(node, ".//AssignmentRecordedDate")
        on = _day(node, ".//AssignmentExecutionDate") or _day(node, ".//AssignmentExecutedDate") or recorded_on
        given_to = _names(node.iter("Assignee"))
        if on and given_to and not _secures(said):
            kind = "change" if "NAME" in said.upper() else "transfer"
            number = _first(node, "AssignmentIdentifier")
            reel = f"{number[:-4]}/{number[-4:]}" if number.isdecimal() and len(number) > 4 else number
            given_by = _names(node.iter("Assignor"))
            found.append(Conveyance(kind, on, recorded_on, given_by, given_to, said[:120], reel[:40]))
    yield from sorted(found, key=lambda one: one.on)


def _secures(said: str) -> bool:
    return "SECURITY" in said.upper() or "LIEN" in said.upper()


def _warnings(mark: Element) -> Iterator[Refused]:
    """What the file tells that a buyer must know: the mark has ended, somebody holds a security in it."""
    status = _first(mark, "MarkCurrentStatusExternalDescriptionText") or _first(mark, "MarkCurrentStatusCode")
    if _ENDED.search(status):
        yield Refused("import.status_ended", status=status[:200])
    for node in mark.iter("Assignment"):
        said = _first(node, "AssignmentConveyanceCategory")
        if _secures(said) and "RELEASE" not in said.upper():
            yield Refused("import.security_named", holder=", ".join(_names(node.iter("Assignee"))), said=said[:80])


def _first(node: Element, *tags: str) -> str:
    """The first words under any of the tags, the tags in their order."""
    for tag in tags:
        for found in node.iter(tag):
            if said := flat(found):
                return said
    return ""


def _exact(mark: Element, *paths: str) -> str:
    """The number at the first of the paths that has one; a comment or anything else inside it is a fault."""
    for path in paths:
        found = mark.find(path)
        if found is None or any(isinstance(part.tag, str) for part in found):
            continue
        if len(found):
            raise Missing(path)
        if said := flat(found):
            return said
    return ""


def _day(node: Element, path: str) -> date | None:
    return next(filter(None, (known_day(flat(found)) for found in node.iterfind(path))), None)
