"""Classification symbols: IPC and CPC of patents, Locarno of designs, Nice, similarity groups and Vienna of marks."""

import re

from market.kernel.errors import Refused
from market.kernel.typed import plain

_IPC = re.compile(r"([A-H])(0[1-9]|[1-9][0-9])([A-Z])0*([1-9][0-9]{0,3})/([0-9]{2,6})(?:\(([0-9]{4}\.[0-9]{2})\))?")
_CPC = re.compile(r"([A-HY])(0[1-9]|[1-9][0-9])([A-Z])0*([1-9][0-9]{0,3})/([0-9]{2,6})(?:\(([0-9]{4}\.[0-9]{2})\))?")
_LOCARNO = re.compile(r"(0[1-9]|[12][0-9]|3[0-2])-(0[1-9]|[1-9][0-9])")
_GROUP = re.compile(r"(0[1-9]|[1-3][0-9]|4[0-5])[0-9]{2}")
_VIENNA = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}(\.[0-9]{1,2})?")


def check_ipc(typed: str) -> str:
    """An IPC symbol as "G06K 19/06" (WIPO ST.8), however spaced and padded; a version in brackets is dropped."""
    return _symbol(_IPC, "IPC", typed, "G06K 19/06")


def check_cpc(typed: str) -> str:
    """A CPC symbol as "Y02T 10/70": like IPC, with section Y and the 2000 series."""
    return _symbol(_CPC, "CPC", typed, "Y02T 10/70")


def check_locarno(typed: str) -> str:
    """A Locarno class as "14-02"."""
    return _match(_LOCARNO, "Locarno", typed, "14-02")[0]


def check_vienna(typed: str) -> str:
    """A Vienna code of a figurative element as "3.1.2"."""
    return _match(_VIENNA, "Vienna", typed, "3.1.2")[0]


def check_nice(typed: str | int) -> int:
    """A Nice class, 1 to 34 for goods and 35 to 45 for services, also as "第9类" or "009"."""
    text = plain(str(typed)).removeprefix("第").removesuffix("类")
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= 45:
        raise Refused("right.nice_class", typed=str(typed).strip()[:40])
    return int(text)


def check_group(typed: str, nice_class: int) -> str:
    """A Chinese similarity group (类似群) of the class: four digits that begin with the class's two."""
    group = _match(_GROUP, "similarity group", typed, f"{nice_class:02}01")[0]
    if int(group[:2]) != nice_class:
        raise Refused("right.group_class", group=group, nice_class=nice_class)
    return group


def _symbol(form: re.Pattern[str], scheme: str, typed: str, example: str) -> str:
    match = _match(form, scheme, typed, example)
    section, number, subclass, group, subgroup = match.groups()[:5]
    return f"{section}{number}{subclass} {group}/{subgroup}"


def _match(form: re.Pattern[str], scheme: str, typed: str, example: str) -> re.Match[str]:
    match = form.fullmatch(plain(typed))
    if not match:
        raise Refused("right.symbol_format", scheme=scheme, typed=typed.strip()[:40], example=example)
    return match
