"""Trademark numbers: China's (application and registration share one, without a check digit), Madrid's, others."""

import re

from market.kernel.errors import Refused
from market.rights.rules.checked import Checked, Key, malformed, read

_CN = re.compile(r"(?:CN|第)?(G[0-9]{5,7}[A-Z]?|[0-9]{1,8}[A-Z]{0,2})号?")
_US = re.compile(r"(?:US)?(?:([0-9]{2})/?([0-9]{3}),?([0-9]{3})|([0-9]{1},?[0-9]{3},?[0-9]{3}))")
_OTHER = re.compile(r"(?=.*[0-9])[A-Z0-9][A-Z0-9./-]{2,24}")


def check_trademark(office: str, typed: str) -> Checked:
    """A trademark's number; in China a registration is unique by number *and* class, as one number may cover several.

    `mark` is "madrid" for an international registration that extends to China. No office's form carries a check digit.
    """
    text = read(typed)
    if office == "CN":
        return _chinese(typed, text)
    if office == "US":
        return _american(typed, text)
    number = text.removeprefix(office)
    if not _OTHER.fullmatch(number):
        raise malformed(typed, "018123456" if office == "EM" else "1234567")
    unchecked = Refused("right.office_unchecked", typed=typed.strip(), office=office)
    return Checked(typed, Key(office, number), f"{office} {number}", (unchecked,))


def _chinese(typed: str, text: str) -> Checked:
    match = _CN.fullmatch(text)
    if not match:
        raise malformed(typed, "1590557")
    number = match[1].lstrip("0")
    if not number[:1].isdigit() and not number.startswith("G"):
        raise malformed(typed, "1590557")
    return Checked(typed, Key("CN", number), number, (), "", "madrid" if number.startswith("G") else "")


def _american(typed: str, text: str) -> Checked:
    match = _US.fullmatch(text)
    if not match:
        raise malformed(typed, "2,178,784")
    series, thousands, rest, registration = match.groups(default="")
    if registration:
        digits = registration.replace(",", "")
        return Checked(typed, Key("US", digits), f"US {int(digits):,}", ())
    return Checked(typed, Key("US", f"{series}/{thousands}{rest}"), f"US {series}/{thousands},{rest}", ())
