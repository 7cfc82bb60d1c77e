"""The price of a lot over its bidding: what stood after each event, and the line a page draws through it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from auctions.rules.chain import Json, unstamp
from market.kernel.money import Money

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 440, 240, 76, 12, 12, 30
DOTS = 120  # more than this many bids are a line without dots
LINES = 4


@dataclass(frozen=True, slots=True)
class Step:
    """Where a lot stood after one event; `paddle` and `amount` are the event's own, `price` and `leader` the lot's."""

    seq: int
    kind: str
    at: datetime
    paddle: int | None
    amount: Money | None
    price: Money | None
    leader: int | None
    ends_at: datetime | None
    extensions: int
    hash: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing on a `WIDTH` x `HEIGHT` board: the whole line, the part reached, and marks as (x, y or value)."""

    line: str
    reached: str
    dots: list[tuple[float, float]]
    extensions: list[float]
    levels: list[tuple[float, Money]]
    first: datetime
    last: datetime
    here: tuple[float, float] | None


def steps(records: Sequence[Json]) -> list[Step]:
    """What stood after each event of a log that holds. Any event that names an amount and a paddle moves the price."""
    found: list[Step] = []
    price: Money | None = None
    leader: int | None = None
    ends_at: datetime | None = None
    count = 0
    for record in records:
        said = record["payload"]
        wire = said.get("amount") or said.get("price")
        amount = Money.from_wire(wire) if isinstance(wire, dict) else None
        paddle = said.get("paddle")
        if amount is not None:
            price, leader = amount, paddle if isinstance(paddle, int) else leader
        if isinstance(said.get("ends_at"), str):
            ends_at = unstamp(said["ends_at"])
        if record["kind"] == "extended":
            count += 1
        at = unstamp(record["at"])
        found.append(
            Step(record["seq"], record["kind"], at, paddle, amount, price, leader, ends_at, count, record["hash"])
        )
    return found


def plot(found: Sequence[Step], *, upto: int, by: str) -> Plot | None:
    """The price as a staircase over time, or `by` "event" with every event as wide as the next; None without a price.

    The part up to event `upto` is drawn apart, so that a page can go through the bidding step by step.
    """
    priced = [step for step in found if step.price is not None]
    if not priced:
        return None
    prices = [step.price for step in priced if step.price is not None]
    low, high = min(prices).minor, max(prices).minor
    floor, ceiling = (low, high) if high > low else (low - 1, high + 1)
    start, end = min(step.at for step in found), max(step.at for step in found)  # a clock may have been set back
    span = (end - start).total_seconds() or 1.0

    def x(step: Step) -> float:
        part = (step.at - start).total_seconds() / span if by == "time" else (step.seq - 1) / max(1, len(found) - 1)
        return round(LEFT + part * (WIDTH - LEFT - RIGHT), 1)

    def y(minor: int) -> float:
        return round(HEIGHT - BOTTOM - (minor - floor) / (ceiling - floor) * (HEIGHT - TOP - BOTTOM), 1)

    points = [(x(step), y(step.price.minor)) for step in priced if step.price is not None]
    done = [point for point, step in zip(points, priced, strict=True) if step.seq <= upto]
    bids = [point for point, step in zip(points, priced, strict=True) if step.kind == "bid"]
    return Plot(
        line=_stairs(points),
        reached=_stairs(done),
        dots=bids if len(bids) <= DOTS else [],
        extensions=sorted({x(step) for step in found if step.kind == "extended"}),
        levels=[
            (y(level.minor), level)
            for level in _levels(Money(low, prices[0].currency), Money(high, prices[0].currency))
        ],
        first=start,
        last=end,
        here=done[-1] if done else None,
    )


def _stairs(points: Sequence[tuple[float, float]]) -> str:
    """An SVG path that keeps each height until the next point; of points above each other the last counts."""
    if not points:
        return ""
    kept = [
        point for point, after in zip(points, [*points[1:], None], strict=True) if after is None or after[0] != point[0]
    ]
    return f"M{kept[0][0]:g} {kept[0][1]:g}" + "".join(f"H{across:g}V{up:g}" for across, up in kept[1:])


def _levels(low: Money, high: Money) -> list[Money]:
    """At most `LINES` round amounts between the lowest and the highest price, or the one price there is."""
    wide = high.minor - low.minor
    if not wide:
        return [low]
    size = 10 ** (len(str(wide)) - 1)
    step = next(
        step
        for step in (size // 5, size // 2, size, 2 * size, 5 * size, 10 * size)
        if step and wide <= step * (LINES - 1)
    )
    first = -(-low.minor // step) * step
    return [Money(minor, low.currency) for minor in range(first, high.minor + 1, step)]
