"""Patent numbers: Chinese application and publication numbers in full, and the door to those of other offices."""

import re
from datetime import date

from market.kernel.errors import Refused
from market.rights.rules import copyrights, foreign, layouts, trademarks, varieties
from market.rights.rules.checked import Checked, Key, malformed, read

_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_APPLICATION = re.compile(r"(?:CN|ZL|CNZL)?([0-9]{8}|[0-9]{12})\.?([0-9X])")
_PUBLICATION = re.compile(r"CN([0-9]{7}|[0-9]{9})(A[89]?|B[89]?|C[1-7]?|U[89]?|Y[1-7]?|S[1-9]?|D)?")
_KIND_OF_FIRST = {"1": "invention", "2": "utility", "3": "design"}
_KIND_OF_DIGIT = _KIND_OF_FIRST | {"8": "invention", "9": "utility"}  # 8 and 9: come through the PCT
_KIND_OF_LETTER = dict.fromkeys("ABC", "invention") | dict.fromkeys("UY", "utility") | dict.fromkeys("SD", "design")
_FIRST_YEAR, _LONG_FROM = 1985, 2003


def check_number(kind: str, of_type: str, office: str, typed: str, *, today: date) -> Checked:
    """The number of a right at `office`, whichever of its numbers was typed; refused `right.…` if it cannot be one.

    `kind` is one of `taxonomy.RIGHT_KINDS`; `of_type` the patent's type or the kind of work, which the number must not
    contradict.
    """
    if office not in foreign.OFFICES:
        raise Refused("right.office_unknown", office=office)
    if kind == "patent":
        checked = check_patent(office, typed, today=today)
    elif kind == "trademark":
        return trademarks.check_trademark(office, typed)
    elif kind == "ic_layout":
        return layouts.check_layout(office, typed, today=today)
    elif kind == "plant_variety":
        return varieties.check_variety(office, typed, today=today)
    else:
        checked = copyrights.check_copyright(office, typed, today=today)
        of_type = "software" if of_type == "software" else "work"
    if checked.type not in ("", of_type):
        raise Refused("right.kind_mismatch", typed=checked.display, told=checked.type, wanted=of_type)
    return checked


def check_patent(office: str, typed: str, *, today: date) -> Checked:
    """An application, publication or patent number of any office."""
    if office != "CN":
        return foreign.check_foreign(office, typed)
    if _PUBLICATION.fullmatch(read(typed)):
        return check_cn_publication(typed)
    return check_cn_application(typed, today=today)


def check_cn_application(typed: str, *, today: date) -> Checked:
    """A Chinese application or patent number (ZC 0006-2003), with or without CN or ZL, blanks, the dot.

    Refused `right.number_format`, `right.number_year` or `right.check_digit` with the digit `expected`. A reserved
    kind digit is a warning, as the standard may give it a meaning later.
    """
    match = _APPLICATION.fullmatch(read(typed))
    if not match:
        raise malformed(typed, "201310699744.2")
    body, got = match.groups()
    year, digit = _year_and_kind(body)
    long = len(body) == 12
    if not (_LONG_FROM if long else _FIRST_YEAR) <= year <= (today.year if long else _LONG_FROM):
        raise Refused("right.number_year", typed=typed.strip(), year=body[:4] if long else body[:2])
    expected = cn_check_digit(body)
    if got != expected:
        raise Refused("right.check_digit", typed=typed.strip(), expected=expected, got=got)
    kind = _KIND_OF_DIGIT.get(digit, "")
    warnings = () if kind else (Refused("right.kind_reserved", typed=typed.strip(), digit=digit),)
    number = f"{body}.{got}"
    return Checked(typed, Key("CN", number), number, warnings, kind, application=True)


def cn_check_digit(body: str) -> str:
    """The check digit of the 8 or 12 digits before the dot: weights 2-9 and 2-5, modulo 11, ten is X (ZC 0006-2003)."""
    rest = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=False)) % 11
    return "X" if rest == 10 else str(rest)


def cn_filing_year(number: str) -> int:
    """The filing year a checked Chinese application number tells (of an international one, its entry's numbering)."""
    return _year_and_kind(number.split(".")[0])[0]


def cn_patent_number(number: str) -> str:
    """A granted patent's number as certificates write it: ZL before the application number."""
    return f"ZL{number}"


def check_cn_publication(typed: str) -> Checked:
    """A Chinese publication number with its kind code (ZC 0007-2012, ST.16), or without it and then with a warning.

    The number's first digit and the kind code's letter both tell the kind of right: refused
    `right.publication_kind` when they tell different ones.
    """
    match = _PUBLICATION.fullmatch(read(typed))
    if not match:
        raise malformed(typed, "CN112926714B")
    number, mark = match.groups(default="")
    kind = _KIND_OF_FIRST.get(number[0], "")
    if not kind:
        raise malformed(typed, "CN112926714B")
    if mark and kind != _KIND_OF_LETTER[mark[0]]:
        raise Refused("right.publication_kind", typed=typed.strip(), first=number[0], mark=mark)
    warnings = () if mark else (Refused("right.no_kind_code", typed=typed.strip()),)
    return Checked(typed, Key("CN", number), f"CN{number}{mark}", warnings, kind, mark)


def office_of_patent(typed: str) -> str:
    """The office a number's own prefix names; China's when it names none."""
    text = read(typed)
    if text.startswith("PCT/"):
        return "WO"
    return text[:2] if text[:2] in foreign.OFFICES else "CN"


def _year_and_kind(body: str) -> tuple[int, str]:
    if len(body) == 12:
        return int(body[:4]), body[4]
    short = int(body[:2])
    return (1900 if short > _LONG_FROM % 100 else 2000) + short, body[2]
