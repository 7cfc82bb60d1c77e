"""What a checked identifier is: its canonical key, how it is shown, and what about it deserves a second look."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from market.kernel.errors import Refused
from market.kernel.typed import plain

_ANY = re.compile(r"(?=.*[0-9]).{3,40}")
_DAMAGED = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+")


class Key(NamedTuple):
    """What makes two spellings the same number: the office (WIPO ST.3) and the number in one canonical form."""

    office: str
    number: str

    def __str__(self) -> str:
        return f"{self.office} {self.number}"


@dataclass(frozen=True, slots=True)
class Checked:
    """A number that passed: `value` as typed, `key` to compare and store, `display` to show.

    `warnings` are refusals that were not raised, because old and foreign records are taken as they are: each has a
    code, facts and a sentence. `type` is what the number itself tells: invention, utility, design, software, work or
    nothing (""). `mark` are the letters beside it: a publication's kind code, a work's class letter.
    `application` is whether it numbers an application rather than what was published or granted.
    """

    value: str
    key: Key
    display: str
    warnings: tuple[Refused, ...] = ()
    type: str = ""
    mark: str = ""
    application: bool = False


def read(typed: str) -> str:
    """The number in plain capitals; refused `right.number_damaged` if a spreadsheet has rounded it away."""
    text = plain(typed)
    if _DAMAGED.fullmatch(text):
        raise Refused("right.number_damaged", typed=typed.strip()[:40])
    return text


def elsewhere(office: str, typed: str, text: str) -> Checked:
    """A number of an office whose forms are not known here: taken as typed, with the warning `right.office_unchecked`."""
    if not _ANY.fullmatch(text):
        raise malformed(typed, f"{office} 12345")
    unchecked = Refused("right.office_unchecked", typed=typed.strip(), office=office)
    return Checked(typed, Key(office, text.removeprefix(office)), f"{office} {text.removeprefix(office)}", (unchecked,))


def malformed(typed: str, example: str) -> Refused:
    """The refusal of a number in no form its office uses."""
    return Refused("right.number_format", typed=typed.strip()[:60], example=example)
