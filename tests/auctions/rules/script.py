"""A lot played from a script: commands at moments, its events, and the checks every format must pass."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from auctions.rules.chain import Event
from auctions.rules.lot import Answer, Bid, Close, Command, LotState, Open, Terms, decide
from auctions.rules.replay import replay
from market.kernel.money import Money

OPENS = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
START = 1000


def at(seconds: float) -> datetime:
    """So many seconds after the opening."""
    return OPENS + timedelta(seconds=seconds)


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def wire(minor: int) -> dict[str, str]:
    return cny(minor).wire()


def lot(*, lasts: float = 3600, **changes: Any) -> LotState:
    """An announced lot of ¥10.00, steps of ¥1.00, that ends `lasts` seconds after it opens."""
    terms = Terms(
        lot="L-TEST",
        currency="CNY",
        start=START,
        increments=((0, 100), (2000, 500)),
        opens_at=OPENS,
        hard_ends_at=None,
        has_reserve=False,
        show_reserve_met=True,
        ruleset="test/1",
        extension_window_s=120,
        one_bidder_suffices=True,
        leader_may_raise=False,
    )
    return LotState(terms=replace(terms, **changes), phase="noticed", ends_at=at(lasts))


def exact(paddle: int, amount: int, **more: Any) -> Bid:
    return Bid(paddle, cny(amount), **more)


def proxy(paddle: int, most: int, **more: Any) -> Bid:
    return Bid(paddle, cny(most), kind="proxy", **more)


@dataclass(frozen=True)
class Played:
    """What a script made of a lot."""

    state: LotState
    events: tuple[Event, ...]
    answers: tuple[Answer, ...]

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]

    @property
    def codes(self) -> list[str]:
        return [answer.code for answer in self.answers]

    @property
    def shown(self) -> list[tuple[int, int, bool]]:
        """The rows of the history: paddle, amount, and whether a standing maximum put it there."""
        rows = [event.payload for event in self.events if event.kind == "bid"]
        return [(row["paddle"], Money.from_wire(row["amount"]).minor, "auto" in row) for row in rows]

    @property
    def public(self) -> bytes:
        """The public log, byte for byte."""
        return json.dumps([event.record() for event in self.events], ensure_ascii=False).encode()


def stored(state: LotState) -> LotState:
    """The state as a row keeps it: what is JSON has been through JSON."""
    return replace(state, public=json.loads(json.dumps(state.public)), secret=json.loads(json.dumps(state.secret)))


def play(state: LotState, commands: Iterable[tuple[float, Command]], *, reserve: int | None = None) -> Played:
    """Open the lot and decide each command at its second; a refusal must change nothing, an end only moves as told."""
    events: list[Event] = []
    answers: list[Answer] = []
    for second, command in [(0.0, Open(reserve)), *commands]:
        if isinstance(command, Close):
            command = replace(
                command, bidders=len({e.payload["paddle"] for e in events if e.kind in ("bid", "sealed")})
            )
        decision = decide(state, [command], at(second))
        answers += decision.answers
        if decision.answers[0].code:
            assert (decision.state, decision.events) == (state, [])
        events += decision.events
        state = stored(decision.state)
    return Played(state, tuple(events), tuple(answers[1:]))


def close(*, met: bool = True) -> Close:
    """The closing; `play` counts the bidders."""
    return Close(reserve_met=met, bidders=0)


def replays(played: Played) -> None:
    """The public log alone must lead to the same state, except for what nobody may know."""
    assert replay("L-TEST", [event.record() for event in played.events]) == replace(played.state, secret={})
