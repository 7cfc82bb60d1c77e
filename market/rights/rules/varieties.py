"""Numbers of plant varieties: CNA, the year and a serial; no published check digit."""

import re
from datetime import date

from market.kernel.errors import Refused
from market.rights.rules.checked import Checked, Key, elsewhere, malformed, read

# Eight or nine digits, the ninth often behind a dot; eleven in the numbers of later years; forestry's have no letters.
_CN = re.compile(r"(CNA)?((?:19|20)[0-9]{2})([0-9]{4})(?:\.?([0-9])|([0-9]{3}))?")
_SINCE = 1999  # the first applications were taken in 1999


def check_variety(office: str, typed: str, *, today: date) -> Checked:
    """The application or grant number of a plant variety, with or without its dot.

    Refused `right.number_format`, or `right.number_year` when its year lies ahead of `today` or before the first.
    """
    text = read(typed)
    if office != "CN":
        return elsewhere(office, typed, text)
    match = _CN.fullmatch(text)
    if not match:
        raise malformed(typed, "CNA20191234.5")
    letters, year, serial, ninth, rest = match.groups(default="")
    if not _SINCE <= int(year) <= today.year:
        raise Refused("right.number_year", typed=typed.strip(), year=year)
    number = f"{letters}{year}{serial}{ninth or rest}"
    display = f"{letters}{year}{serial}.{ninth}" if ninth else number
    return Checked(typed, Key("CN", number), display)
