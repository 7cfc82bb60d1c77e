"""What a listing needs before it is shown, what an agency vouches for, and what a reader may ask the catalogue."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from market.kernel.calendar import months_later
from market.kernel.errors import Refused
from market.kernel.typed import tidy
from market.listings.fees import rules as fees

# The steps of the wizard in their order; `check` shows the answers of the others.
STEPS = ("right", "particulars", "title", "evidence", "offer", "text", "check")

# What an agency compares with the register and the papers, each with the step where a seller mends it (拍卖法 6, 41, 42).
REVIEWED = {
    "number": "right",
    "particulars": "particulars",
    "owners": "title",
    "burdens": "title",
    "evidence": "evidence",
    "offer": "offer",
    "text": "text",
}

_WHOLE = re.compile(r"\d{1,18}", re.ASCII)


def basis_points(typed: str) -> int:
    """ "3.5" or "3.5%" as 350; Refused `commission.format`, or `commission.range` above five percent.

    Without another agreement a house takes at most 5 percent of each side (拍卖法 56).
    """
    points = fees.rate(typed)
    if points is None:
        raise Refused("commission.format")
    if points > fees.CAP_BP:
        raise Refused("commission.range", highest=fees.CAP_BP // 100)
    return points


def missing_steps(done: Mapping[str, bool]) -> list[str]:
    """The steps before `check` that are not complete, in their order."""
    return [step for step in STEPS[:-1] if not done.get(step, False)]


def check_ticks(ticked: Collection[str]) -> None:
    """Refused `review.unticked` unless everything an agency vouches for is ticked."""
    missing = [name for name in REVIEWED if name not in ticked]
    if missing:
        raise Refused("review.unticked", count=len(missing))


def check_remarks(remarks: Mapping[str, str]) -> dict[str, str]:
    """The remarks that say something, by what they are about; Refused `review.no_remark` when none does."""
    said = {name: remark.strip() for name, remark in remarks.items() if name in REVIEWED and remark.strip()}
    if not said:
        raise Refused("review.no_remark")
    return said


# The catalogue: what may be asked, each answer one word in the address.
FACETS = ("kind", "detail", "mode", "pricing", "industry", "region", "auction", "life")
SORTS = ("newest", "cheapest", "dearest")
LIVES = ("short", "medium", "long")  # under five years, five to ten, over ten
PAGE = 24


@dataclass(frozen=True, slots=True)
class Wanted:
    """One question to the catalogue; "" asks nothing. `after` and `before` are the keys of the row the page starts at."""

    q: str = ""
    kind: str = ""
    detail: str = ""
    mode: str = ""
    pricing: str = ""
    industry: str = ""
    region: str = ""
    auction: str = ""
    life: str = ""
    sort: str = "newest"
    after: str = ""
    before: str = ""
    ignored: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def read(cls, asked: Mapping[str, str], known: Mapping[str, Collection[str]]) -> Self:
        """The question in an address; a facet value that is not among the `known` ones is `ignored`, and said so.

        A detail (type, class, kind of work) means something within a kind only.
        """
        given = {one.name: tidy(asked.get(one.name, ""))[:100] for one in fields(cls) if one.name != "ignored"}
        ignored = tuple(name for name, values in known.items() if given.get(name) and given[name] not in values)
        given |= dict.fromkeys(ignored, "")
        if not given["kind"]:
            given["detail"] = ""
        given["sort"] = given["sort"] if given["sort"] in SORTS else SORTS[0]
        return cls(**given, ignored=ignored)

    def chosen(self) -> dict[str, str]:
        """The facets that narrow the list."""
        return {name: getattr(self, name) for name in FACETS if getattr(self, name)}

    def without(self, *names: str) -> Self:
        """The same question without these parts, from its first page. Without the kind there is no detail either."""
        gone: dict[str, Any] = dict.fromkeys((*names, "detail") if "kind" in names else names, "")
        return replace(self, after="", before="", **gone)

    def with_(self, name: str, value: str) -> Self:
        """The same question with one more facet, from its first page."""
        more: dict[str, Any] = {name: value}
        return replace(self.without(name), **more)

    def at(self, *, after: str = "", before: str = "") -> Self:
        """The same question from the page after or before a row."""
        return replace(self, after=after, before=before)

    def address(self) -> dict[str, str]:
        """What the address needs to ask this again."""
        told = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "ignored"}
        return {name: value for name, value in told.items() if value and (name, value) != ("sort", SORTS[0])}


def life_bounds(life: str, today: date) -> tuple[date | None, date | None]:
    """The last days a right with this remaining life has, from (inclusive) and until (exclusive); None is open."""
    five, ten = months_later(today, 60), months_later(today, 120)
    return {"short": (today, five), "medium": (five, ten), "long": (ten, None)}[life]


STALE = timedelta(days=30)  # after which a look at the office's register is too old to rely on


def is_stale(checked_on: date | None, today: date) -> bool:
    """Whether nobody has looked the right's state up within the last thirty days."""
    return checked_on is None or today - checked_on > STALE


def term_left(expires_on: date | None, today: date) -> tuple[int, int] | None:
    """The whole years and months a right has left after today; None where its end is not known, (0, 0) when over."""
    if expires_on is None:
        return None
    months = max(0, (expires_on.year - today.year) * 12 + expires_on.month - today.month)
    if months and months_later(today, months) > expires_on:
        months -= 1
    return divmod(months, 12)


def read_key(sort: str, typed: str) -> tuple[datetime | int, int] | None:
    """The key of the row a page begins after: its day of publication or its price in fen, and its number.

    None for what is none, so that the list begins at its beginning.
    """
    first, _sign, number = typed.partition("~")
    if not _WHOLE.fullmatch(number):
        return None
    if sort != "newest":
        return (int(first), int(number)) if _WHOLE.fullmatch(first) else None
    try:
        moment = datetime.fromisoformat(first)
        return (moment.astimezone(UTC), int(number)) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def write_key(first: datetime | int, number: int) -> str:
    """The text `read_key` reads."""
    return f"{first.isoformat() if isinstance(first, datetime) else first}~{number}"
