"""The walk of a filing as a table: what may be entered in each state, and between which days it may have happened."""

from collections.abc import Mapping
from datetime import date

from market.kernel.errors import Refused
from market.kernel.typed import tidy

SUBMIT, CORRECT, RESUBMIT, ACCEPT, REFUSE = "submit", "correct", "resubmit", "accept", "refuse"
WITHDRAW = "withdraw"

# What may be entered in each state; the first is what the walk expects, the others may happen instead.
STEPS: Mapping[str, tuple[str, ...]] = {
    "prepared": (SUBMIT,),
    "submitted": (ACCEPT, CORRECT, REFUSE),
    "correction": (RESUBMIT, REFUSE),
    "refused": (RESUBMIT,),
    "accepted": (),
    "withdrawn": (),
}
# The state each step leads to.
LEADS_TO: Mapping[str, str] = {
    SUBMIT: "submitted",
    RESUBMIT: "submitted",
    CORRECT: "correction",
    ACCEPT: "accepted",
    REFUSE: "refused",
    WITHDRAW: "withdrawn",
}


def steps_of(state: str, *, undone: bool) -> tuple[str, ...]:
    """What may be entered in `state`: once the deal is `undone`, only that the office has it no longer."""
    if not undone:
        return STEPS[state]
    return (WITHDRAW, REFUSE) if state in {"submitted", "correction"} else ()


NUMBER_LENGTH = 60
NOTE_LENGTH = 2000


def check_filed(on: date, *, contract_on: date, today: date) -> None:
    """Refused `filing.date_ahead` in the future, `filing.before_contract` before the contract took effect.

    The office records a written contract (专利法 10; 商标法 42; 著作权法 27), so no application can be older than it.
    """
    _not_ahead(on, today)
    if on < contract_on:
        raise Refused("filing.before_contract", day=on, earliest=contract_on)


def check_declared(on: date, *, declared_on: date, today: date) -> None:
    """Refused `filing.date_ahead`, or `filing.before_declaration` when it was handed in before it was declared (专利法 50)."""
    _not_ahead(on, today)
    if on < declared_on:
        raise Refused("filing.before_declaration", day=on, earliest=declared_on)


def check_answered(on: date, *, asked_on: date, today: date) -> None:
    """Refused `filing.date_ahead`, or `filing.before_notice` when the answer is older than the office's notice."""
    _not_ahead(on, today)
    if on < asked_on:
        raise Refused("filing.before_notice", day=on, earliest=asked_on)


def check_decided(kind: str, on: date, *, submitted_on: date, today: date) -> None:
    """Refused `filing.date_ahead`, or `filing.before_submission` when the office decided before it was asked.

    The day is a patent's, layout design's or variety's registration (专利法 10), a mark's gazette (商标法 42) or a
    copyright contract's recordal (条例 25), or an open licence's announcement (专利法 50).
    """
    _not_ahead(on, today)
    if on < submitted_on:
        raise Refused("filing.before_submission", kind=kind, day=on, earliest=submitted_on)


def check_due(due_on: date, *, submitted_on: date) -> None:
    """Refused `filing.due_early` when the office's deadline lies before what it corrects was submitted."""
    if due_on < submitted_on:
        raise Refused("filing.due_early", day=due_on, earliest=submitted_on)


def number_of(text: str) -> str:
    """The office's number as typed, tidied. Refused `filing.number_missing`, `filing.number_long` (60 characters)."""
    number = tidy(text)
    if not number:
        raise Refused("filing.number_missing")
    if len(number) > NUMBER_LENGTH:
        raise Refused("filing.number_long", limit=NUMBER_LENGTH)
    return number


def note_of(text: str) -> str:
    """What the office said, as typed. Refused `filing.note_missing`, `filing.note_long` (2000 characters)."""
    note = text.strip()
    if not note:
        raise Refused("filing.note_missing")
    if len(note) > NOTE_LENGTH:
        raise Refused("filing.note_long", limit=NOTE_LENGTH)
    return note


def _not_ahead(on: date, today: date) -> None:
    if on > today:
        raise Refused("filing.date_ahead", day=on, latest=today)
