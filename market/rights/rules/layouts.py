"""Registration numbers of layout designs of integrated circuits: BS. and nine digits, without a check digit."""

import re
from datetime import date

from market.kernel.errors import Refused
from market.rights.rules.checked import Checked, Key, elsewhere, malformed, read

_CN = re.compile(r"BS\.?([0-9]{2})([0-9]{6})\.?([0-9])")
_SINCE = 1  # the first designs were registered in 2001


def check_layout(office: str, typed: str, *, today: date) -> Checked:
    """The registration number of a layout design, with or without its dots; its first two digits are the year.

    Refused `right.number_format`, or `right.number_year` when that year lies ahead of `today` or before the first.
    """
    text = read(typed)
    if office != "CN":
        return elsewhere(office, typed, text)
    match = _CN.fullmatch(text)
    if not match:
        raise malformed(typed, "BS.205001234")
    year, serial, last = match.groups()
    if not _SINCE <= int(year) <= today.year % 100:
        raise Refused("right.number_year", typed=typed.strip(), year=f"20{year}")
    number = f"BS.{year}{serial}{last}"
    return Checked(typed, Key("CN", number), number)
