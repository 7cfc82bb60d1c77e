"""What the papers of a deal are written from: the parties, the right's particulars, the price and where it is paid."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from market.deals.rules.figures import Figures
from market.deals.rules.moves import DAYS

# A text in the language of the law and beside it in English; the Chinese one binds.
Text = tuple[str, str]
Row = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Side:
    """A party as a paper names it."""

    name: str
    name_en: str = ""
    code: str = ""
    address: str = ""
    phone: str = ""
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Escrow:
    """The agency's supervised account that receives the price."""

    holder: str
    bank: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Bargain:
    """One deal as its papers see it. `premium` are the terms of the buyer's premium; `particulars` are the right's, as text;
    `record` is what the origin put on record, `together` the other rights of the same portfolio that the buyer gets; `days`
    are the working days for each step, by the state it begins in."""

    code: str
    kind: str
    pending: bool
    office: str
    formed_at: datetime
    seller: Side
    buyer: Side
    agency: Side
    escrow: Escrow
    figures: Figures
    premium: Text
    particulars: Mapping[str, str]
    owners: tuple[str, ...] = ()
    burdens: tuple[str, ...] = ()
    siblings: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    record: Mapping[str, str] = field(default_factory=dict)
    licence: bool = False
    days: Mapping[str, int] = field(default_factory=lambda: dict(DAYS))


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: its heading, its paragraphs, and a table of particulars under them."""

    heading: Text
    paragraphs: tuple[Text, ...]
    rows: tuple[Row, ...] = ()

    def plain(self) -> dict[str, object]:
        """The clause as JSON."""
        return {
            "heading": list(self.heading),
            "paragraphs": [list(text) for text in self.paragraphs],
            "rows": [list(row) for row in self.rows],
        }


def filled(texts: tuple[Text, ...], **values: object) -> tuple[Text, ...]:
    """The same texts with every {name} filled in, in both languages."""
    return tuple((han.format(**values), english.format(**values)) for han, english in texts)
