"""Patent numbers of other offices, read into one canonical form each; their check digits warn and never bar."""

import re
from collections.abc import Callable

from market.kernel.errors import Refused
from market.rights.rules.checked import Checked, Key, malformed, read

# WIPO ST.3: the offices whose rights are traded here. EP, WO and EA are organisations, not countries.
OFFICES = frozenset(
    "CN US EP WO JP KR TW HK MO EA EM DE FR GB IT ES NL BE CH AT SE DK FI NO IE PT PL CZ HU RO GR IL IN SG MY TH VN"
    " ID PH AU NZ CA MX BR AR CL ZA EG AE SA TR RU UA KZ BY".split()
)
_EXAMPLES = {
    "US": "US8145555B2",
    "EP": "EP1252591A2",
    "JP": "JP2008-101068",
    "WO": "PCT/CN2013/000353",
    "KR": "10-2008-0012345",
    "TW": "TWM324206U",
    "HK": "HK1056789A",
}

_US_APPLICATION = re.compile(r"(?:US)?([0-9]{2})/?([0-9]{3}),?([0-9]{3})")
_US_PUBLICATION = re.compile(r"US(20[0-9]{2})/?([0-9]{6,7})(A[129]|P[149])")
_US_PATENT = re.compile(
    r"(?:US)?([0-9]{4,8}|[0-9]{1,3}(?:,[0-9]{3})+|D[0-9]{6,7}|D[0-9]{3},[0-9]{3}|PP[0-9]{4,6}|RE[0-9]{5,6})"
    r"(A|B[12]|S1?|P[23]|E1?)?"
)
_EP_APPLICATION = re.compile(r"(?:EP)?([0-9]{8})\.([0-9])")
_EP_PUBLICATION = re.compile(r"EP([0-9]{7})(A[1-489]|B[12389])?")
_JP_FILE = re.compile(
    r"(?:JP)?(特願|実願|意願|特開|特表|実開)?(?:(平|昭|令|H|S|R)([0-9]{1,2})|([0-9]{4}))(-?)([0-9]{1,6})号?(?:\(?([AU])\)?)?"
)
_JP_GRANT = re.compile(r"(?:JP|特許第?|JP特許第?)?([0-9]{7})号?(B[12])?")
_JP_ERAS = {"昭": 1925, "S": 1925, "平": 1988, "H": 1988, "令": 2018, "R": 2018}
_PCT = re.compile(r"PCT/([A-Z]{2})(?:([0-9]{2})/([0-9]{5})|((?:19|20)[0-9]{2})/([0-9]{6}))")
_WO = re.compile(r"WO(?:([0-9]{2})/([0-9]{5,6})|((?:19|20)[0-9]{2})/?([0-9]{6}))(A[1-489])?")
_KR_FILE = re.compile(r"(?:KR)?([1-3]0)-?([0-9]{4})-?([0-9]{7})(A|U|S)?")
_KR_GRANT = re.compile(r"(?:KR)?([1-3]0)-?([0-9]{7})(B[12]?|Y1|S)?")
_TW = re.compile(r"(?:TW)?([IMD][0-9]{6}|[0-9]{8,9})([ABUS][0-9]?)?")
_HK = re.compile(r"(?:HK)?([0-9]{7,8}(?:\.[0-9])?)([AB])?")
_OTHER = re.compile(r"(?=.*[0-9])[A-Z0-9][A-Z0-9./-]{3,24}")

Reader = Callable[[str, str], Checked | None]


def check_foreign(office: str, typed: str) -> Checked:
    """The number in its canonical form; refused `right.number_format`, with an example, if it is in none."""
    text = read(typed)
    for reader in _READERS.get(office, (_other_for(office),)):
        checked = reader(typed, text)
        if checked:
            return checked
    raise malformed(typed, _EXAMPLES.get(office, f"{office}1234567A"))


def ep_check_digit(body: str) -> str:
    """The check digit of a European application's eight digits: doubled alternately, digits summed, modulo 10."""
    total = sum(sum(map(int, str(int(digit) * (1 + place % 2)))) for place, digit in enumerate(body))
    return str(-total % 10)


def _us_publication(typed: str, text: str) -> Checked | None:
    match = _US_PUBLICATION.fullmatch(text)
    if not match:
        return None
    year, serial, mark = match.groups()
    warnings = (Refused("right.zero_restored", typed=typed.strip()),) if len(serial) == 6 else ()
    serial = serial.zfill(7)
    kind = "" if mark.startswith("P") else "invention"
    return Checked(typed, Key("US", year + serial), f"US {year}/{serial} {mark}", warnings, kind, mark)


def _us_patent(typed: str, text: str) -> Checked | None:
    match = _US_PATENT.fullmatch(text)
    if not match:
        return None
    number, mark = match.groups(default="")
    letters = number.rstrip("0123456789,")
    digits = number[len(letters) :].replace(",", "").lstrip("0")
    if not digits:
        return None
    kind = {"": "invention", "RE": "invention", "D": "design"}.get(letters, "")
    display = f"US {letters}{int(digits):,} {mark}".rstrip()
    return Checked(typed, Key("US", letters + digits), display, (), kind, mark)


def _us_application(typed: str, text: str) -> Checked | None:
    match = _US_APPLICATION.fullmatch(text)
    if not match:
        return None
    series, thousands, rest = match.groups()
    provisional = "60" <= series <= "63"
    warnings = (Refused("right.provisional_number", typed=typed.strip()),) if provisional else ()
    kind = "design" if series == "29" else "invention"
    number, display = f"{series}/{thousands}{rest}", f"US {series}/{thousands},{rest}"
    return Checked(typed, Key("US", number), display, warnings, kind, application=True)


def _ep_application(typed: str, text: str) -> Checked | None:
    match = _EP_APPLICATION.fullmatch(text)
    if not match:
        return None
    body, got = match.groups()
    expected = ep_check_digit(body)
    warnings: tuple[Refused, ...] = ()
    if got != expected:
        warnings = (Refused("right.foreign_check_digit", typed=typed.strip(), expected=expected, got=got),)
    return Checked(typed, Key("EP", f"{body}.{got}"), f"EP {body}.{got}", warnings, "invention", application=True)


def _ep_publication(typed: str, text: str) -> Checked | None:
    match = _EP_PUBLICATION.fullmatch(text)
    if not match:
        return None
    number, mark = match.groups(default="")
    return Checked(typed, Key("EP", number), f"EP {number} {mark}".rstrip(), (), "invention", mark)


def _jp_grant(typed: str, text: str) -> Checked | None:
    match = _JP_GRANT.fullmatch(text)
    if not match:
        return None
    number, mark = match.groups(default="")
    return Checked(typed, Key("JP", number), f"JP {number} {mark}".rstrip(), (), "invention", mark)


def _jp_file(typed: str, text: str) -> Checked | None:
    match = _JP_FILE.fullmatch(text)
    if not match:
        return None
    word, era, reign, year, dash, serial, mark = match.groups(default="")
    if not dash and len(serial) < 6:
        return None
    year = year or str(_JP_ERAS[era] + int(reign))
    serial = serial.zfill(6)
    kind = "design" if word[:1] == "意" else "utility" if word[:1] == "実" or mark == "U" else "invention"
    if mark or word in ("特開", "特表", "実開"):
        mark = mark or ("U" if kind == "utility" else "A")
        return Checked(typed, Key("JP", year + serial), f"JP {year}-{serial} {mark}", (), kind, mark)
    return Checked(typed, Key("JP", f"{year}-{serial}"), f"JP {year}-{serial}", (), kind, application=True)


def _pct(typed: str, text: str) -> Checked | None:
    match = _PCT.fullmatch(text)
    if not match:
        return None
    office, short, old, year, new = match.groups(default="")
    number = f"{office}{year or _century(short)}/{new or old.zfill(6)}"
    return Checked(typed, Key("WO", number), f"PCT/{number}", (), "invention", application=True)


def _wo(typed: str, text: str) -> Checked | None:
    match = _WO.fullmatch(text)
    if not match:
        return None
    short, old, year, new, mark = match.groups(default="")
    year, serial = year or _century(short), new or old.zfill(6)
    return Checked(typed, Key("WO", year + serial), f"WO {year}/{serial} {mark}".rstrip(), (), "invention", mark)


def _kr_file(typed: str, text: str) -> Checked | None:
    match = _KR_FILE.fullmatch(text)
    if not match:
        return None
    series, year, serial, mark = match.groups(default="")
    number = f"{year}{serial}" if mark else f"{series}-{year}-{serial}"
    display = f"KR {series}-{year}-{serial} {mark}".rstrip()
    return Checked(typed, Key("KR", number), display, (), _KR_KINDS[series], mark, application=not mark)


def _kr_grant(typed: str, text: str) -> Checked | None:
    match = _KR_GRANT.fullmatch(text)
    if not match:
        return None
    series, number, mark = match.groups(default="")
    display = f"KR {series}-{number} {mark}".rstrip()
    return Checked(typed, Key("KR", f"{series}-{number}"), display, (), _KR_KINDS[series], mark)


def _tw(typed: str, text: str) -> Checked | None:
    match = _TW.fullmatch(text)
    if not match:
        return None
    number, mark = match.groups(default="")
    kind = {"I": "invention", "M": "utility", "D": "design"}.get(number[0], "")
    return Checked(typed, Key("TW", number), f"TW {number} {mark}".rstrip(), (), kind, mark)


def _hk(typed: str, text: str) -> Checked | None:
    match = _HK.fullmatch(text)
    if not match:
        return None
    number, mark = match.groups(default="")
    return Checked(typed, Key("HK", number), f"HK {number} {mark}".rstrip(), (), "", mark)


def _other_for(office: str) -> Reader:
    def other(typed: str, text: str) -> Checked | None:
        number = text.removeprefix(office)
        if not _OTHER.fullmatch(number):
            return None
        unchecked = Refused("right.office_unchecked", typed=typed.strip(), office=office)
        return Checked(typed, Key(office, number), f"{office} {number}", (unchecked,))

    return other


def _century(short: str) -> str:
    """The PCT began in 1978 and wrote years with two digits until 2003."""
    return ("19" if short >= "78" else "20") + short


_KR_KINDS = {"10": "invention", "20": "utility", "30": "design"}
_READERS: dict[str, tuple[Reader, ...]] = {
    "US": (_us_publication, _us_patent, _us_application),
    "EP": (_ep_application, _ep_publication),
    "JP": (_jp_grant, _jp_file),
    "WO": (_pct, _wo),
    "KR": (_kr_file, _kr_grant),
    "TW": (_tw,),
    "HK": (_hk,),
}
