"""Logs of lots, decided by the rules without a database; and the ways an operator could lie about one."""

import copy
import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from auctions.rules import replay
from auctions.rules.chain import Json, linked, unstamp
from auctions.rules.lot import NOTICED, Bid, Close, Command, LotState, Open, Terms, decide
from auctions.rules.replay import log_of
from market.kernel.money import Money

OPENS = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
ENDS = OPENS + timedelta(minutes=30)


def terms(**changed: Any) -> Terms:
    """¥1,000,000, steps of ¥20,000 and from ¥1,100,000 on ¥50,000, two minutes' extension, a hard end."""
    return Terms(
        **{
            "lot": "L-TEST",
            "currency": "CNY",
            "start": 100_000_000,
            "increments": ((0, 2_000_000), (110_000_000, 5_000_000)),
            "opens_at": OPENS,
            "hard_ends_at": ENDS + timedelta(minutes=5),
            "has_reserve": True,
            "show_reserve_met": True,
            "ruleset": "commercial/1",
            "extension_window_s": 120,
            "one_bidder_suffices": True,
            "leader_may_raise": False,
            **changed,
        }
    )


def log(
    bids: Sequence[tuple[float, int, int]], *, reserve: int = 1_040_000, closed: bool = True, **changed: Any
) -> Json:
    """The log of a lot with bids (minutes after the opening, paddle, yuan), those the rules refuse left out."""
    ruled = terms(**changed)
    state, events = LotState(terms=ruled, phase=NOTICED, ends_at=ENDS), []

    def do(command: Command, at: datetime) -> None:
        nonlocal state
        decision = decide(state, [command], at)
        state = decision.state
        events.extend(decision.events)

    do(Open(), OPENS + timedelta(milliseconds=312))
    paddles = set()
    for minutes, paddle, yuan in bids:
        accepted = state.bids
        met = yuan >= reserve
        do(Bid(paddle, Money(yuan * 100, ruled.currency), meets_reserve=met), OPENS + timedelta(minutes=minutes))
        paddles |= {paddle} if state.bids > accepted else set()
    if closed:
        met = not ruled.has_reserve or (state.price or 0) >= reserve * 100
        do(Close(reserve_met=met, bidders=len(paddles)), state.ends_at + timedelta(milliseconds=3))
    return log_of(ruled.lot, state.head, events)


def held(papers: Json) -> bool:
    """Whether the rules' own replay accepts a log."""
    try:
        replay.verify(papers)
    except replay.Broken:
        return False
    return True


def chained_again(forged: Json) -> Json:
    """The log with its numbers, links, hashes and head made anew: what an operator could publish who wants to lie."""
    events, head = [], ""
    for seq, record in enumerate(forged["events"], 1):
        kind, at, payload = record["kind"], unstamp(record["at"]), record["payload"]
        event = linked(forged["lot"], seq=seq, kind=kind, at=at, payload=payload, prev=head)
        events.append(event)
        head = event.hash
    return log_of(forged["lot"], head, events)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside a JSON document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inside is None:
        yield path
        return
    for name, part in inside:
        yield from leaves(part, (*path, name))


def changed(document: Json, path: tuple[Any, ...]) -> Json:
    """The document with one value made another of its kind."""
    forged = copy.deepcopy(document)
    *way, last = path
    holder: Any = forged
    for name in way:
        holder = holder[name]
    holder[last] = another(holder[last])
    return forged


def another(value: Any) -> Any:
    """A value that is not `value` and looks as harmless."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return value + 1
    digits = [place for place, sign in enumerate(value) if sign.isdigit()]
    place = digits[len(digits) // 2] if digits else 0
    sign = str((int(value[place]) + 1) % 10) if digits else chr(ord(value[0]) ^ 1) if value else "x"
    return value[:place] + sign + value[place + 1 :]


def lies(honest: Json) -> Iterator[tuple[str, Json]]:
    """Every single lie about a log: a value changed, an event left out, doubled or swapped with the next; chained again."""
    for path in leaves(honest["events"], ("events",)):
        if path[2] in ("kind", "payload", "at"):
            yield f"changed {path}", changed(honest, path)
    for at in range(len(honest["events"])):
        for what, events in (
            ("left out", honest["events"][:at] + honest["events"][at + 1 :]),
            ("doubled", honest["events"][: at + 1] + honest["events"][at:]),
        ):
            yield f"{what} {at}", {**honest, "events": events}
    for one, other in itertools.pairwise(range(len(honest["events"]))):
        events = list(honest["events"])
        events[one], events[other] = events[other], events[one]
        yield f"swapped {one}", {**honest, "events": events}
