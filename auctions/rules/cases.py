"""The formats on plain numbers, for worked examples: what the rules of a lot make of bids written down in a book.

Amounts are integers or Decimals in any unit; bidders are any names. What is a lot's rule is decided by the lot's own code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from auctions.rules.dutch import clock_price
from auctions.rules.lot import LIVE, Bid, LotState, Terms, decide
from auctions.rules.outcomes import sealed_outcome, uniform_price
from auctions.rules.packages import core, vcg, winner_determination
from auctions.rules.presets import JUDICIAL_ONLINE
from market.kernel.money import Money

__all__ = [
    "History",
    "core",
    "dutch_outcome",
    "english_history",
    "judicial_terms",
    "ladder",
    "next_minimum",
    "sealed_outcome",
    "uniform_price",
    "vcg",
    "winner_determination",
]

Plain = int | Decimal
Ladder = Sequence[tuple[Plain, Plain]]
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class History:
    """Leader and price after each accepted bid, and the least the next bid may name."""

    steps: tuple[tuple[str, Decimal], ...]
    next_minimum: Decimal


def ladder(table: Sequence[Mapping[str, Plain | None]]) -> tuple[tuple[Decimal, Decimal], ...]:
    """(from, step) pairs of a table of {"up_to", "increment"} rows in ascending order, the last without an upper end.

    Each row holds from the smallest amount above the row before: 4.99 is followed by 5.00.
    """
    since, pairs = Decimal(0), []
    tops = [Decimal(row["up_to"]) for row in table if row["up_to"] is not None]
    unit = Decimal(1).scaleb(-max((_places(top) for top in tops), default=0))
    for row in table:
        pairs.append((since, Decimal(row["increment"] or 0)))
        if row["up_to"] is not None:
            since = Decimal(row["up_to"]) + unit
    return tuple(pairs)


def next_minimum(current: Plain, increments: Ladder) -> Decimal:
    """The least the next bid may name at the price `current`."""
    return english_history(current, increments, [("", Decimal(current))]).next_minimum


def english_history(
    start: Plain,
    increments: Ladder,
    bids: Sequence[tuple[str, Plain]],
    *,
    leader: tuple[str, Plain, Plain] | None = None,
    reserve: Plain | None = None,
) -> History:
    """Who leads at what price after each of the maxima `bids`, (bidder, maximum) in order; refused ones leave no step.

    `increments`: (from, step) pairs in ascending order. `leader`: (bidder, price, maximum) of a lot already bid on.
    """
    figures: list[Plain] = [start, *(figure for pair in increments for figure in pair), *(most for _, most in bids)]
    figures += [*(leader[1:] if leader else ()), *(() if reserve is None else (reserve,))]
    places = max(_places(Decimal(figure)) for figure in figures)
    paddles: dict[str, int] = {}
    state = _live(start, increments, places, reserve)
    if leader:
        paddles[leader[0]] = 1
        state = _led(state, _minor(leader[1], places), _minor(leader[2], places))
    steps = []
    for bidder, most in bids:
        paddle = paddles.setdefault(bidder, len(paddles) + 1)
        offer = Bid(paddle, Money(_minor(most, places), "CNY"), kind="proxy")
        decision = decide(state, [offer], NEVER)
        state = decision.state
        if decision.answers[0].accepted and state.leader is not None and state.price is not None:
            steps.append((list(paddles)[state.leader - 1], Decimal(state.price).scaleb(-places)))
    return History(tuple(steps), Decimal(state.minimum).scaleb(-places))


def dutch_outcome(
    start: Plain, step: Plain, floor: Plain, acceptances: Sequence[tuple[str, Plain]], quantity: int = 1
) -> dict[str, str | Plain | None]:
    """Who takes a price that falls from `start` by `step` to `floor`: the first of (bidder, price at which it would accept).

    The clock reaches the higher prices first, equal ones go to the earlier. `price` is the clock's when it first stands at or
    below the bidder's; `amount` is that for the whole `quantity`.
    """
    eager = sorted((one for one in acceptances if one[1] >= floor), key=lambda one: -one[1])
    if not eager:
        return {"winner": None, "price": None, "quantity": 0, "amount": 0}
    winner, wanted = eager[0]
    ticks = max(0, -((wanted - start) // step)) if step else 0
    price = clock_price(Decimal(start), Decimal(step), Decimal(floor), int(ticks))
    while price > wanted:
        ticks += 1
        price = clock_price(Decimal(start), Decimal(step), Decimal(floor), int(ticks))
    return {"winner": winner, "price": price, "quantity": quantity, "amount": price * quantity}


def judicial_terms(appraisal: Plain, first_start: Plain, hammer: Plain) -> dict[str, Decimal | int | list[Decimal]]:
    """What 法释〔2016〕18号 10, 17, 20, 26 and 拍卖法 56 allow, in the unit of the arguments.

    `first_start_min` 70 % of the appraisal; `deposit_range` 5-20 % of the starting price; `second_start_min` at most 20 % less;
    at least 24 hours; the last five minutes extend; where nothing was agreed at most 5 % commission from each side.
    """
    rules = JUDICIAL_ONLINE
    return {
        "first_start_min": _share(appraisal, rules.start_min_bp),
        "deposit_range": [_share(first_start, rules.deposit_min_bp), _share(first_start, rules.deposit_max_bp)],
        "second_start_min": _share(first_start, 10_000 - rules.second_cut_bp),
        "min_duration_hours": rules.min_duration_s // 3600,
        "extension_minutes": rules.extension_window_s // 60,
        "commission_cap_each_side": _share(hammer, rules.commission_cap_bp),
    }


def _share(amount: Plain, basis_points: int) -> Decimal:
    return Decimal(amount) * basis_points / 10_000


def _live(start: Plain, increments: Ladder, places: int, reserve: Plain | None) -> LotState:
    """A lot being bid on, its amounts in units of the last decimal place that the case needs."""
    terms = Terms(
        lot="",
        currency="CNY",
        start=_minor(start, places),
        increments=tuple((_minor(since, places), _minor(step, places)) for since, step in increments),
        opens_at=NEVER,
        hard_ends_at=None,
        has_reserve=reserve is not None,
        show_reserve_met=True,
        ruleset="case/1",
        extension_window_s=0,
        one_bidder_suffices=True,
        leader_may_raise=False,
    )
    secret = {} if reserve is None else {"reserve": _minor(reserve, places)}
    return LotState(terms=terms, phase=LIVE, ends_at=NEVER + timedelta(days=1), secret=secret)


def _led(state: LotState, price: int, most: int) -> LotState:
    """The lot led by paddle 1 at `price`, up to `most`."""
    secret = {**state.secret, "max": most} if most > price else state.secret
    return replace(state, price=price, leader=1, bids=1, secret=secret)


def _places(figure: Decimal) -> int:
    exponent = figure.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _minor(figure: Plain, places: int) -> int:
    return int(Decimal(figure).scaleb(places))
