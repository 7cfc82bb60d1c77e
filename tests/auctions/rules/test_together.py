"""The end of a lot moved with its group's: as any extension, at most to the lot's own hard end, and never back to life."""

import pytest

from auctions.rules.lot import Command, ExtendTogether, Suspend
from tests.auctions.rules.script import at, close, exact, lot, play, replays


def test_the_group_moves_the_end_and_the_log_says_whose_bid_did() -> None:
    played = play(lot(), [(3500, ExtendTogether("L-OTHER", at(3700))), (3600, close()), (3700, close())])
    assert played.codes == ["", "close.not_due", ""]
    event = played.events[1]
    assert (event.kind, event.payload["lot"], event.payload["count"]) == ("extended_with_group", "L-OTHER", 1)
    replays(played)


def test_its_own_hard_end_bounds_it() -> None:
    played = play(lot(hard_ends_at=at(3650)), [(3500, ExtendTogether("L-OTHER", at(9000)))])
    assert played.state.ends_at == at(3650)
    replays(played)


@pytest.mark.parametrize(
    ("before", "moment", "command", "code"),
    [
        ([], 3600, ExtendTogether("L-OTHER", at(3700)), "lot.not_bidding"),
        ([(1, Suspend("x"))], 3500, ExtendTogether("L-OTHER", at(3700)), "lot.not_bidding"),
        ([], 3500, ExtendTogether("L-OTHER", at(3600)), "lot.ends_early"),
    ],
)
def test_it_does_nothing_to_a_lot_that_is_over_held_or_ends_later(
    before: list[tuple[float, Command]], moment: float, command: Command, code: str
) -> None:
    played = play(lot(), [*before, (moment, command)])
    assert played.codes[-1] == code
    assert played.state.ends_at == at(3600)


def test_a_bid_after_it_counts_until_the_new_end() -> None:
    played = play(lot(), [(3500, ExtendTogether("L-OTHER", at(3900))), (3650, exact(1, 1_000))])
    assert played.state.price is not None or played.codes[-1]
    replays(played)
