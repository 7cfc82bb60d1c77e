"""The walk of a deal as tables: who signs which paper, what comes next, for whom it waits and by when."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import NamedTuple

from market.kernel.calendar import add_working_days
from market.kernel.clock import BEIJING
from market.kernel.errors import Refused

SELLER, BUYER, AGENCY = "seller", "buyer", "agency"
CONFIRMATION, CONTRACT, NOTICE = "confirmation", "contract", "notice"

# 拍卖法 52: buyer and auctioneer sign the confirmation; 民法典 863: the parties sign the contract; 专利法 51: whoever takes an
# open licence gives notice, and nothing else is signed.
SIGNERS: Mapping[str, tuple[str, ...]] = {NOTICE: (BUYER,), CONFIRMATION: (BUYER, AGENCY), CONTRACT: (SELLER, BUYER)}
SIGNED_IN: Mapping[str, str] = {NOTICE: "formed", CONFIRMATION: "formed", CONTRACT: "confirmed"}
SIGNED_TO: Mapping[str, str] = {NOTICE: "signed", CONFIRMATION: "confirmed", CONTRACT: "signed"}
NOTHING = "nothing"  # what is due on signing for a licence paid for in royalties alone
BINDING = (CONTRACT, NOTICE)  # the papers by which the deal takes effect

# Working days for what comes next, counted from the move into the state; states not named here wait for nobody's date.
DAYS: Mapping[str, int] = {
    "formed": 2,
    "confirmed": 10,
    "signed": 10,
    "paid": 10,
    "refused": 30,
    "title_passed": 3,
    "recorded": 3,
    "returning": 30,
    "settled": 2,
}

# The numbered walk shown to everybody: the step, and the state in which it is the current one; the next row's state
# is the one in which it is done.
WALK: tuple[tuple[str, str], ...] = (
    ("confirm", "formed"),
    ("contract", "confirmed"),
    ("pay", "signed"),
    ("file", "paid"),
    ("record", "filed"),
    ("settle", "title_passed"),
    ("close", "settled"),
)
BUSINESS_HOURS_END = time(17)  # 民法典 203: where there are business hours, a period ends with them
LAST_MINUTE = time(23, 59)  # the period ends at 24:00 of its last day, which readers take for the next day's beginning
_IN_BUSINESS_HOURS = frozenset({"pay", "file", "cure", "give_back", "settle", "pay_out"})
ENDED_BADLY = frozenset({"defaulted", "rescinded", "annulled"})
UNDOABLE = frozenset(
    {"formed", "confirmed", "signed", "paid", "refused", "title_passed", "recorded"}
)  # the agency may rescind
LIVE = UNDOABLE | {"filed", "returning", "settled"}
RIPE = frozenset({"title_passed", "recorded"})  # the office has it, so the escrow may be shared out

UNTITLED = frozenset({"formed", "confirmed", "signed", "paid", "filed", "refused"})  # title has yet to pass


class Next(NamedTuple):
    """What happens next ("sign_contract"), the roles it waits for (none: the office, or the market itself)."""

    what: str
    roles: tuple[str, ...]


_AFTER_SIGNING: Mapping[str, Next] = {
    "signed": Next("pay", (BUYER,)),
    "paid": Next("file", (AGENCY,)),
    "filed": Next("decide", ()),
    "refused": Next("cure", (AGENCY,)),
    "title_passed": Next("settle", (AGENCY,)),
    "recorded": Next("settle", (AGENCY,)),
    "returning": Next("give_back", (AGENCY,)),
    "settled": Next("pay_out", (AGENCY,)),
}


def due_on(state: str, moved_on: date, agreed: Mapping[str, int]) -> date | None:
    """The day the next step is due when the deal came into `state` on `moved_on`; None where nothing is due. `agreed` are
    the working days that its sale's rules say otherwise than `DAYS`."""
    days = agreed.get(state, DAYS.get(state))
    return None if days is None else add_working_days(moved_on, days)


def due_at(what: str, day: date) -> datetime:
    """The last moment for a step due on `day`: close of business where bank or office must act, else before midnight."""
    return datetime.combine(day, BUSINESS_HOURS_END if what in _IN_BUSINESS_HOURS else LAST_MINUTE, BEIJING)


def missing_signers(kind: str, signed: Iterable[str]) -> tuple[str, ...]:
    """The roles that have yet to sign a paper of `kind`, in the order they are asked."""
    there = set(signed)
    return tuple(role for role in SIGNERS[kind] if role not in there)


def check_signing(kind: str, role: str, state: str) -> None:
    """Refused `paper.not_yours` when `role` does not sign this kind, `paper.closed` when its time is not now."""
    if role not in SIGNERS[kind]:
        raise Refused("paper.not_yours")
    if state != SIGNED_IN[kind]:
        raise Refused("paper.closed")


def next_of(
    state: str,
    signed: Mapping[str, Iterable[str]],
    *,
    missing_terms: Iterable[str] = (),
    to_speak: tuple[str, ...] = (),
) -> Next:
    """What comes next in `state`.

    `signed` names for each paper that is drafted the roles that signed it; `missing_terms` are mandatory terms the
    register could not supply, which keep the contract from being drafted (R34). `to_speak` are the roles that have yet to
    propose or adopt the terms of a licence, from which its contract is drafted.
    """
    for kind, needed in SIGNED_IN.items():
        if state != needed:
            continue
        if kind in signed:
            return Next(f"sign_{kind}", missing_signers(kind, signed[kind]))
        if kind == NOTICE:
            continue
        if kind == CONTRACT and to_speak:
            return Next("agree_terms", to_speak)
        if kind == CONTRACT and any(missing_terms):
            return Next("complete_contract", (AGENCY,))
        return Next(f"draft_{kind}", ())
    return _AFTER_SIGNING.get(state, Next("none", ()))


def done_by(step: str) -> frozenset[str]:
    """The states whose beginning ends `step`: title that passed, or a licence that was recorded."""
    steps = [name for name, _ in WALK]
    state = [*(current for _, current in WALK[1:]), "closed"][steps.index(step)]
    return RIPE if state in RIPE else frozenset({state})


def walk(state: str) -> list[tuple[str, str]]:
    """Each step with "done", "current", "todo" or "failed", as the deal stands in `state`.

    A refusal by the office fails its step, and so does title that goes back; a deal that ended badly has no current step.
    """
    at = [current for _, current in WALK]
    if state in ENDED_BADLY:
        return [(step, "todo") for step, _ in WALK]
    failed = state in {"refused", "returning"}
    state = "title_passed" if state in RIPE else state
    here = at.index("filed") if failed else at.index(state) if state in at else len(at)
    marks = ["done"] * here + ["current"] * (here < len(at)) + ["todo"] * (len(at) - here - 1)
    if failed:
        marks[here] = "failed"
    return [(step, mark) for (step, _), mark in zip(WALK, marks, strict=True)]
