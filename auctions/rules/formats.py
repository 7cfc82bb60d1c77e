"""Which ways of bidding a rule set allows, and whether a lot's own terms for one fit together: checked before its notice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from auctions.rules.chain import Json, stamp, unstamp
from auctions.rules.presets import RuleSet
from market.kernel.errors import Refused

EXTENDED = frozenset({"english", "auctioneer"})  # a late bid moves the end by the rule set's window
FALLING = frozenset({"dutch", "hybrid"})  # a reserve lies below the starting price here, at the floor or under it


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an agency proposes for a lot: amounts in minor units, `reserve` None when there is none."""

    format: str
    params: Json
    start: int
    reserve: int | None
    opens_at: datetime
    ends_at: datetime


def placed(format: str, params: Json, ends_at: datetime) -> Json:
    """A format's terms with what follows from the lot's end: a timed lot's free period, which ends one cycle before it."""
    cycle = params.get("cycle_s")
    if format != "free_then_timed" or type(cycle) is not int:
        return params
    return {**params, "free_until": stamp(ends_at - timedelta(seconds=cycle))}


def check_format(rules: RuleSet, proposed: Proposal) -> None:
    """Refused `lot.format` (the rule set does not allow it) or `lot.params` with the `name` of the first term that is wrong."""
    if proposed.format not in rules.formats:
        raise Refused("lot.format", format=proposed.format)
    wanted = PARAMS.get(proposed.format, {})
    wrong = sorted(proposed.params.keys() ^ wanted.keys())
    wrong += [name for name in wanted if name in proposed.params and not wanted[name](rules, proposed)]
    if wrong:
        raise Refused("lot.params", name=wrong[0])


def _whole(name: str) -> Callable[[RuleSet, Proposal], bool]:
    """The term is a whole number above zero."""
    return lambda rules, lot: type(lot.params[name]) is int and lot.params[name] > 0


def _free_until(rules: RuleSet, lot: Proposal) -> bool:
    """A moment after the opening, one cycle before the end."""
    try:
        free = unstamp(lot.params["free_until"])
        return lot.opens_at < free and free + timedelta(seconds=lot.params["cycle_s"]) == lot.ends_at
    except (KeyError, TypeError, ValueError):
        return False


def _cycle(rules: RuleSet, lot: Proposal) -> bool:
    return _whole("cycle_s")(rules, lot) and rules.cycle_min_s <= lot.params["cycle_s"] <= rules.cycle_max_s


def _floor(rules: RuleSet, lot: Proposal) -> bool:
    """Below the start, not below the reserve, and reached before the end."""
    if not all(_whole(name)(rules, lot) for name in ("floor", "step", "every_s") if name in lot.params):
        return False
    if not (lot.reserve or 0) <= lot.params["floor"] < lot.start or not {"step", "every_s"} <= lot.params.keys():
        return False
    ticks = -((lot.params["floor"] - lot.start) // lot.params["step"])
    return lot.opens_at + timedelta(seconds=ticks * lot.params["every_s"]) < lot.ends_at


CLOCK: Mapping[str, Callable[[RuleSet, Proposal], bool]] = {
    "step": _whole("step"),
    "every_s": _whole("every_s"),
    "floor": _floor,
}
# The terms of each format that has some, each with what makes it right.
PARAMS: Mapping[str, Mapping[str, Callable[[RuleSet, Proposal], bool]]] = {
    "free_then_timed": {"cycle_s": _cycle, "free_until": _free_until},
    "dutch": CLOCK,
    "hybrid": {**CLOCK, "sealed_s": _whole("sealed_s"), "best_s": _whole("best_s")},
    "uniform": {"supply": _whole("supply")},
}
