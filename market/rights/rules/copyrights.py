"""Registration numbers of software and works: forms and years only, as none of them has a check digit."""

import re
from datetime import date

from market.kernel.errors import Refused
from market.rights.rules.checked import Checked, Key, malformed, read

_CERTIFICATE = re.compile(r"软著登字第([0-9]{5,8})号")
_SOFTWARE = re.compile(r"((?:19|20)[0-9]{2})SR([0-9]{4,7})")
_MIXED = re.compile(r"软著登字第((?:19|20)[0-9]{2})SR([0-9]{4,7})号?")
_RECEIPT = re.compile(r"(?:19|20)[0-9]{2}R11[LS][0-9]{5,8}")
_WORK = re.compile(
    r"([国京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵黔粤青藏川宁琼])作登字-((?:19|20)[0-9]{2})-([A-L])-([0-9]{8})"
)
_OLD_WORK = re.compile(r"作登字:\(?([0-9]{2})\)?-\(?((?:19|20)[0-9]{2})\)?-\(?([A-L])\)?-\(?([0-9]{1,8})\)?")
_US = re.compile(r"([A-Z]{1,3})-?([0-9]{3,10})")
_OTHER = re.compile(r"(?=.*[0-9]).{3,40}")


def check_copyright(office: str, typed: str, *, today: date) -> Checked:
    """The registration or certificate number of software or a work; refused when its year lies ahead of `today`.

    `type` tells software from works; `mark` is "certificate" or "registration" for software (they are two numbers
    of one right) and the class letter for works (A written, F art, G photographs: an open list).
    """
    text = read(typed)
    if office != "CN":
        return _foreign(office, typed, text)
    if _RECEIPT.fullmatch(text):
        raise Refused("right.copyright_receipt", typed=typed.strip())
    if match := _CERTIFICATE.fullmatch(text):
        return Checked(typed, Key("CN", text), text, (), "software", "certificate")
    if match := _SOFTWARE.fullmatch(text):
        return _software(typed, match, today, ())
    if match := _MIXED.fullmatch(text):
        return _software(typed, match, today, (Refused("right.copyright_mixed", typed=typed.strip()),))
    if match := _WORK.fullmatch(text):
        _past(typed, match[2], today)
        return Checked(typed, Key("CN", text), text, (), "work", match[3])
    if match := _OLD_WORK.fullmatch(text):
        _past(typed, match[2], today)
        number = f"作登字:{match[1]}-{match[2]}-{match[3]}-{match[4]}"
        old = Refused("right.copyright_old_form", typed=typed.strip())
        return Checked(typed, Key("CN", number), number, (old,), "work", match[3])
    raise malformed(typed, "2014SR001852, 国作登字-2021-A-01233328")


def _software(typed: str, match: re.Match[str], today: date, warnings: tuple[Refused, ...]) -> Checked:
    _past(typed, match[1], today)
    number = f"{match[1]}SR{match[2]}"
    return Checked(typed, Key("CN", number), number, warnings, "software", "registration")


def _foreign(office: str, typed: str, text: str) -> Checked:
    if office == "US":
        match = _US.fullmatch(text.removeprefix("US"))
        if not match:
            raise malformed(typed, "TX0008123456")
        number = match[1] + match[2]
        return Checked(typed, Key("US", number), f"US {number}", (), "", match[1])
    if not _OTHER.fullmatch(text):
        raise malformed(typed, f"{office} 12345")
    unchecked = Refused("right.office_unchecked", typed=typed.strip(), office=office)
    return Checked(typed, Key(office, text), f"{office} {text}", (unchecked,))


def _past(typed: str, year: str, today: date) -> None:
    if int(year) > today.year:
        raise Refused("right.number_year", typed=typed.strip(), year=year)
