"""What a silence in a lot's last minutes leads to, as a table."""

from datetime import UTC, datetime, timedelta

import pytest

from auctions.rules.availability import NOTICE, Silence, end_after, remedy, silences, window
from auctions.rules.lot import ExtendForOutage, Suspend

END = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
FIVE = timedelta(minutes=5)


def s(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("extension_s", "duration", "span"),
    [
        (120, timedelta(days=1), FIVE),
        (300, timedelta(days=1), FIVE),
        (600, timedelta(days=1), s(600)),
        (600, s(200), s(200)),
    ],
)
def test_the_closing_window(extension_s: int, duration: timedelta, span: timedelta) -> None:
    assert window(extension_s, opens_at=END - duration, ends_at=END) == span


@pytest.mark.parametrize(
    ("probed", "found"),
    [
        ([*range(1, 60)], []),
        ([3, 6, 9, 58], [(9, 58)]),
        ([*range(4, 60)], [(0, 4)]),
        ([*range(1, 56)], [(55, 60)]),
        ([], [(0, 60)]),
        ([3, 6.001, 9, *range(10, 60)], [(3, 6.001)]),
    ],
)
def test_silences(probed: list[float], found: list[tuple[float, float]]) -> None:
    at = [END + s(second) for second in probed]
    spans = silences(at, since=END, until=END + s(60), tolerance=s(3))
    assert [(span.since - END, span.until - END) for span in spans] == [(s(a), s(b)) for a, b in found]


@pytest.mark.parametrize(
    ("silent", "needed"),
    [
        ([], None),
        ([(-400, -301)], None),
        ([(-400, -299)], ExtendForOutage(gap_s=101, ends_at=END + s(1) + FIVE)),
        ([(-10, -5.5)], ExtendForOutage(gap_s=5, ends_at=END + s(1) + FIVE)),
        ([(-4, 1)], ExtendForOutage(gap_s=5, ends_at=END + s(1) + FIVE)),
        ([(-200, -190), (-100, -60)], ExtendForOutage(gap_s=40, ends_at=END + s(1) + FIVE)),
        ([(0, 1)], None),
        ([(-900, 0)], ExtendForOutage(gap_s=900, ends_at=END + s(1) + FIVE)),
        ([(-900, 1)], Suspend(reason="平台中断 15 分钟 Outage of 15 minutes")),
    ],
)
def test_what_a_lot_needs_before_it_may_close(silent: list[tuple[float, float]], needed: object) -> None:
    spans = [Silence(END + s(a), END + s(b)) for a, b in silent]
    assert remedy(spans, ends_at=END, window=FIVE, now=END + s(1)) == needed


@pytest.mark.parametrize(
    ("left", "notice", "more"),
    [(s(3600), s(0), s(3600)), (s(20), s(0), FIVE), (s(20), NOTICE, NOTICE), (s(-60), s(0), FIVE)],
)
def test_a_lot_goes_on_with_what_was_left_of_its_time(left: timedelta, notice: timedelta, more: timedelta) -> None:
    now = END + timedelta(hours=3)
    assert end_after(held_at=END - left, ends_at=END, now=now, window=FIVE, notice=notice) == now + more
