"""What a transfer waits for from somebody: who is asked for it, by when, with which answers, and what an answer makes true
(R16, R17, R25, R26, R31, R35)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from market.kernel.calendar import add_days, add_working_days, earliest_after_notice
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.rights.rules.dealing import PUBLICITY_DAYS
from market.rights.rules.facts import Commission, Contract, Export, Grant, Publicity, StateAsset

OPEN, RUNNING, OBJECTED, MET, REFUSED = "open", "running", "objected", "met", "refused"
WAITING, ENDED = frozenset({OPEN, RUNNING, OBJECTED}), frozenset({MET, "dropped"})
DROPPING = WAITING | {REFUSED}
ANSWER_DAYS = 15  # for what no law sets a period: the market's own
EXPORT_REVIEW_DAYS = 30  # working days in which an export of restricted technology is decided (技术进出口管理条例 32)
INSTITUTES = frozenset({"university", "institute"})


class Kind(StrEnum):
    """What is waited for."""

    CO_OWNER = "co_owner"
    PLEDGEE = "pledgee"
    FIRST_REFUSAL = "first_refusal"
    PUBLICITY = "publicity"
    EXPORT = "export"
    APPRAISAL = "appraisal"
    APPROVAL = "approval"


# The defect of the rulebook that each condition is there to cure.
CURES: Mapping[str, Kind] = {
    "co_owner": Kind.CO_OWNER,
    "pledge": Kind.PLEDGEE,
    "inventors": Kind.FIRST_REFUSAL,
    "publicity_short": Kind.PUBLICITY,
    "export_unclassified": Kind.EXPORT,
    "no_appraisal": Kind.APPRAISAL,
    "few_consultations": Kind.APPRAISAL,
    "below_floor": Kind.APPRAISAL,
    "below_ninety": Kind.APPROVAL,
}
# The ground in the law (`law.GROUNDS`) on which each is asked for.
GROUNDS: Mapping[Kind, str] = {
    Kind.CO_OWNER: "co_owner",
    Kind.PLEDGEE: "pledge",
    Kind.FIRST_REFUSAL: "inventors",
    Kind.PUBLICITY: "publicity",
    Kind.EXPORT: "export",
    Kind.APPRAISAL: "appraisal",
    Kind.APPROVAL: "below_ninety",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer leads from the states `of` to the state `to`, and `needs` something besides: a "paper", a "day", a "value"
    or a "remark"."""

    of: frozenset[str]
    to: str
    needs: frozenset[str]


def _answer(of: Iterable[str], to: str, *needs: str) -> Answer:
    return Answer(frozenset(of), to, frozenset(needs))


# Who has refused may still agree; who has agreed in writing is bound.
_CONSENT = {"agree": _answer((OPEN, REFUSED), MET, "paper"), "refuse": _answer((OPEN,), REFUSED, "remark")}
ANSWERS: Mapping[Kind, Mapping[str, Answer]] = {
    Kind.CO_OWNER: _CONSENT,
    Kind.PLEDGEE: _CONSENT,
    Kind.FIRST_REFUSAL: {
        "waive": _answer((OPEN, REFUSED), MET, "paper"),
        "claim": _answer((OPEN,), REFUSED, "remark"),
    },
    Kind.PUBLICITY: {
        "publish": _answer((OPEN,), RUNNING, "paper", "day"),
        "object": _answer((RUNNING,), OBJECTED, "remark"),
        "settle": _answer((OBJECTED,), RUNNING, "paper"),
    },
    Kind.EXPORT: {
        "free": _answer((OPEN,), MET, "paper"),
        "restricted": _answer((OPEN,), RUNNING, "paper"),
        "licensed": _answer((RUNNING,), MET, "paper"),
        "prohibited": _answer((OPEN,), REFUSED, "paper"),
    },
    Kind.APPRAISAL: {
        "appraise": _answer((OPEN, MET), MET, "paper", "day", "value"),
        "floor": _answer((OPEN, MET), MET, "paper", "value", "remark"),
    },
    Kind.APPROVAL: _CONSENT,
}
_NAMES = re.compile(r"[\n;；、]")


def answers(kind: str, state: str) -> tuple[str, ...]:
    """The answers that may be given to a condition of `kind` in `state`."""
    return tuple(name for name, answer in ANSWERS[Kind(kind)].items() if state in answer.of)


def check(kind: str, state: str, answer: str, *, given: Iterable[str], day: date | None, today: date) -> Answer:
    """What the answer leads to. Refused `condition.answer` where it may not be given, `condition.<need>_missing` for what
    it needs and `given` lacks, `condition.day_ahead`."""
    if answer not in answers(kind, state):
        raise Refused("condition.answer")
    known, lacking = ANSWERS[Kind(kind)][answer], set(given)
    for need in ("paper", "day", "value", "remark"):
        if need in known.needs and need not in lacking:
            raise Refused(f"condition.{need}_missing")
    if day is not None and day > today:
        raise Refused("condition.day_ahead")
    return known


def due_on(kind: str, state: str, on: date) -> date | None:
    """The day by which the next answer is due, counted from the day `on` of the last as 民法典 201-203 count; of a notice
    inside the unit the first day after it is over (国发〔2016〕16号). None once nothing is waited for."""
    if state not in WAITING:
        return None
    if kind == Kind.PUBLICITY and state == RUNNING:
        return earliest_after_notice(on, PUBLICITY_DAYS)
    if kind == Kind.EXPORT and state == RUNNING:
        return add_working_days(on, EXPORT_REVIEW_DAYS)
    return add_days(on, ANSWER_DAYS)


def waits(kind: str, state: str, due: date | None, today: date) -> bool:
    """Whether somebody still has to act: a notice inside the unit that ran to its end has done its work."""
    over = kind == Kind.PUBLICITY and state == RUNNING and due is not None and today >= due
    return state in WAITING and not over


@dataclass(frozen=True, slots=True)
class Terms:
    """What two sides would agree about a right: `ref` of the deal, the price, whether a side is foreign or controlled from
    abroad, and whether they found the price between themselves.

    `ties` are those of consignor and house to whom a bidder who won belongs, `commissions` what each side pays,
    `contract` what the contract lacks, None before it is time for one, and `grant` the licence that is meant.
    """

    ref: str
    price: Money
    foreign: bool = False
    agreed: bool = False
    ties: tuple[str, ...] = ()
    commissions: tuple[Commission, ...] = ()
    contract: Contract | None = None
    grant: Grant | None = None


@dataclass(frozen=True, slots=True)
class Seller:
    """Who would dispose of the right: the kind of party, and whether the state owns it."""

    kind: str = ""
    state_owned: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A condition as it stands: for what it was opened, the day it began to count from, the class (of an appraisal: the
    answer, "floor" where institutions could not value it), the value, and the words of the answer."""

    kind: str
    state: str
    opened_for: str
    since: date | None = None
    grade: str = ""
    value: Money | None = None
    remark: str = ""


def facts_from(held: Sequence[Held], seller: Seller, terms: Terms | None) -> dict[str, Any]:
    """The parts of `Facts` that conditions and the bargain decide, of conditions the last word of each kind.

    A first refusal and a notice inside the unit are about one bargain's terms; a class and an appraisal about the right.
    """
    here = [one for one in held if terms is None or one.opened_for == terms.ref]
    told = [one.state for one in here if one.kind == Kind.FIRST_REFUSAL]
    return {
        "inventors_answered": bool(told) and told[-1] == MET,
        "inventors_claim": bool(told) and told[-1] == REFUSED,
        "publicity": _publicity(here, seller, terms),
        "export": _export(held, terms),
        "state_asset": _state_asset(held, here, seller, terms),
        **({name: getattr(terms, name) for name in ("ties", "commissions", "contract", "grant")} if terms else {}),
    }


def _publicity(here: Sequence[Held], seller: Seller, terms: Terms | None) -> Publicity | None:
    """A state institute that agrees a price publishes it; one that lists on a market or auctions does not (转化法 18)."""
    if terms is None or not terms.agreed or not seller.state_owned or seller.kind not in INSTITUTES:
        return None
    last = next((one for one in reversed(here) if one.kind == Kind.PUBLICITY), None)
    return Publicity(last.since, int(last.state == OBJECTED)) if last else Publicity(None)


def _export(held: Sequence[Held], terms: Terms | None) -> Export | None:
    if terms is None or not terms.foreign:
        return None
    last = next((one for one in reversed(held) if one.kind == Kind.EXPORT), None)
    return Export(last.grade, licensed=last.state == MET) if last else Export()


def _state_asset(held: Sequence[Held], here: Sequence[Held], seller: Seller, terms: Terms | None) -> StateAsset | None:
    """A state-owned enterprise's right is appraised, or a floor decided that three institutions could not value
    (国资发产权规〔2024〕8号); state institutes decide that themselves (财资〔2019〕57号). An approval is of one bargain's price."""
    if not seller.state_owned or seller.kind in INSTITUTES:
        return None
    last = next((one for one in reversed(held) if one.kind == Kind.APPRAISAL and one.value is not None), None)
    value = last.value if last else None
    if last is None or value is None or (terms is not None and terms.price.currency != value.currency):
        return StateAsset(terms.price.minor if terms else 0)
    price = terms.price.minor if terms else value.minor
    if last.grade == "floor":
        asked = {name.strip() for name in _NAMES.split(last.remark)} - {""}
        return StateAsset(price, floor_minor=value.minor, consultations=len(asked))
    approved = any(one.kind == Kind.APPROVAL and one.state == MET for one in here)
    return StateAsset(price, appraised_minor=value.minor, appraised_on=last.since, approved_below=approved)
