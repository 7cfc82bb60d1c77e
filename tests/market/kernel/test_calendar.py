"""Statutory days: tables from the published calendars, and properties over every start day of two years."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.kernel import calendar
from market.kernel.errors import Refused

starts = st.dates(date(2025, 1, 1), date(2026, 12, 31))
lengths = st.integers(0, 400)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2024, 2, 9), True),  # New Year's Eve was no holiday in 2024
        (date(2024, 2, 10), False),
        (date(2024, 2, 18), True),  # a Sunday made up for
        (date(2025, 1, 28), False),  # since 2025 the eve is one
        (date(2025, 9, 28), True),
        (date(2025, 10, 8), False),
        (date(2025, 10, 11), True),
        (date(2026, 1, 4), True),
        (date(2026, 2, 23), False),
        (date(2026, 2, 24), True),
        (date(2026, 9, 20), True),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 11, 21), False),  # an ordinary Saturday
        (date(2027, 2, 8), False),
        (date(2027, 6, 9), False),
        (date(2031, 10, 1), False),  # fixed by law although nothing is announced
        (date(2031, 5, 2), False),
        (date(2020, 5, 2), False),  # a Saturday
        (date(2023, 5, 2), True),  # a Tuesday, no holiday before 2025
    ],
)
def test_the_published_days_of_rest_and_work(day: date, works: bool) -> None:
    assert calendar.is_working_day(day) is works


@pytest.mark.parametrize(("year", "rest", "work"), [(2024, 28, 8), (2025, 28, 5), (2026, 33, 6), (2027, 13, 0)])
def test_each_year_has_as_many_days_as_its_announcement(year: int, rest: int, work: int) -> None:
    assert (len(calendar.year_of(year).rest), len(calendar.year_of(year).work)) == (rest, work)
    assert all(day.year == year and day.weekday() >= 5 for day in calendar.year_of(year).work)


def test_a_year_not_announced_is_provisional() -> None:
    assert not calendar.is_provisional(date(2026, 12, 31))
    assert calendar.is_provisional(date(2027, 1, 1))
    assert calendar.is_provisional(date(2040, 1, 1))


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 11, 2), 7, date(2026, 11, 9)),
        (date(2026, 11, 6), 15, date(2026, 11, 23)),  # the 21st is a Saturday
        (date(2026, 9, 23), 7, date(2026, 9, 30)),
        (date(2026, 9, 24), 7, date(2026, 10, 8)),  # 1 October moves behind the holiday
        (date(2026, 2, 7), 7, date(2026, 2, 14)),  # a Saturday that is worked
        (date(2026, 2, 8), 7, date(2026, 2, 24)),
        (date(2026, 11, 2), 0, date(2026, 11, 2)),
    ],
)
def test_the_start_day_is_not_counted_and_the_end_moves_off_a_rest_day(start: date, days: int, end: date) -> None:
    assert calendar.add_days(start, days) == end


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),  # a worked Saturday
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 8, 3), 3, date(2026, 11, 3)),
        (date(2026, 7, 1), 3, date(2026, 10, 8)),
        (date(2026, 12, 15), 2, date(2027, 2, 15)),
    ],
)
def test_months_run_to_the_corresponding_day(start: date, months: int, end: date) -> None:
    assert calendar.add_months(start, months) == end


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # Thursday, Friday, a worked Saturday
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 0, date(2026, 11, 23)),
        (date(2026, 11, 2), 20, date(2026, 11, 30)),
    ],
)
def test_working_days_skip_holidays(start: date, days: int, end: date) -> None:
    assert calendar.add_working_days(start, days) == end


def test_a_period_ends_at_midnight_in_beijing() -> None:
    end = calendar.end_of(calendar.add_days(date(2026, 11, 2), 7))
    assert end.astimezone(UTC) == datetime(2026, 11, 9, 16, 0, tzinfo=UTC)


def test_seven_days_notice_leaves_seven_full_days_between() -> None:
    assert calendar.earliest_after_notice(date(2026, 11, 2), 7) == date(2026, 11, 10)
    calendar.require_notice(date(2026, 11, 2), date(2026, 11, 10), 7, "拍卖法 45")


def test_an_auction_a_day_too_early_is_refused_with_the_first_lawful_day() -> None:
    with pytest.raises(Refused) as refused:
        calendar.require_notice(date(2026, 11, 2), date(2026, 11, 9), 7, "拍卖法 45")
    assert refused.value.code == "calendar.too_early"
    assert refused.value.facts["earliest"] == date(2026, 11, 10)
    assert refused.value.facts["article"] == "拍卖法 45"


@pytest.mark.parametrize(
    "count", [calendar.add_days, calendar.add_working_days, calendar.add_months, calendar.earliest_after_notice]
)
def test_no_period_runs_backward(count: object) -> None:
    with pytest.raises(ValueError, match="forward"):
        count(date(2026, 11, 2), -1)  # type: ignore[operator]


@given(starts, lengths)
def test_a_period_ends_on_the_first_working_day_not_before_its_last_day(start: date, days: int) -> None:
    end = calendar.add_days(start, days)
    raw = start + timedelta(days=days)
    assert end >= raw
    assert calendar.is_working_day(end)
    assert not any(calendar.is_working_day(raw + timedelta(days=n)) for n in range((end - raw).days))


@given(starts, lengths)
def test_a_longer_period_never_ends_earlier(start: date, days: int) -> None:
    assert calendar.add_days(start, days) <= calendar.add_days(start, days + 1)
    assert calendar.add_days(start, days) <= calendar.add_days(start + timedelta(days=1), days)


@given(starts, st.integers(1, 60))
def test_working_days_are_counted_one_by_one(start: date, days: int) -> None:
    end = calendar.add_working_days(start, days)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(calendar.is_working_day(day) for day in between) == days
    assert calendar.is_working_day(end)


@given(starts, st.integers(0, 60))
def test_months_never_leave_their_month_and_twelve_are_a_year(start: date, months: int) -> None:
    day = calendar.months_later(start, months)
    assert (day.year * 12 + day.month) - (start.year * 12 + start.month) == months
    assert day.day == start.day or (day + timedelta(days=1)).day == 1
    assert calendar.months_later(start, 12).year == start.year + 1


@given(starts, st.integers(0, 60))
def test_a_lawful_day_is_always_more_than_the_full_hours_away(start: date, days: int) -> None:
    earliest = calendar.earliest_after_notice(start, days)
    assert (earliest - start).days == days + 1
    assert calendar.end_of(start) + timedelta(days=days) <= calendar.end_of(earliest) - timedelta(days=1)
    calendar.require_notice(start, earliest, days, "拍卖法 45")
    with pytest.raises(Refused):
        calendar.require_notice(start, earliest - timedelta(days=1), days, "拍卖法 45")


TWO_YEARS = [date(2026, 1, 1) + timedelta(days=number) for number in range(731)]


@pytest.mark.parametrize("days", [2, 7, 15, 30])
def test_on_every_day_of_two_years_the_earliest_lawful_day_is_lawful_and_the_eve_is_not(days: int) -> None:
    for notice in TWO_YEARS:
        earliest = calendar.earliest_after_notice(notice, days)
        assert (earliest - notice).days == days + 1
        calendar.require_notice(notice, earliest, days, "拍卖法 45")
        with pytest.raises(Refused) as refused:
            calendar.require_notice(notice, earliest - timedelta(days=1), days, "拍卖法 45")
        assert refused.value.facts["earliest"] == earliest


@pytest.mark.parametrize("months", [1, 2, 3, 6, 12])
def test_from_every_day_of_two_years_months_end_on_the_first_working_day_not_before_the_corresponding_one(
    months: int,
) -> None:
    for start in TWO_YEARS:
        last, end = calendar.months_later(start, months), calendar.add_months(start, months)
        assert calendar.is_working_day(end)
        assert end >= last
        assert not any(calendar.is_working_day(last + timedelta(days=gap)) for gap in range((end - last).days))


@pytest.mark.parametrize("days", [5, 10, 20])
def test_from_every_day_of_two_years_working_days_are_counted_one_by_one(days: int) -> None:
    for start in TWO_YEARS:
        end = calendar.add_working_days(start, days)
        after = (start + timedelta(days=number) for number in range(1, (end - start).days + 1))
        assert sum(calendar.is_working_day(day) for day in after) == days
        assert calendar.is_working_day(end)


@pytest.mark.parametrize("days", [5, 15, 20, 30])
def test_from_every_day_of_two_years_a_period_ends_on_the_first_working_day_not_before_its_last(days: int) -> None:
    for start in TWO_YEARS:
        end, last = calendar.add_days(start, days), start + timedelta(days=days)
        assert calendar.is_working_day(end)
        assert end >= last
        assert not any(calendar.is_working_day(last + timedelta(days=gap)) for gap in range((end - last).days))


@pytest.mark.parametrize(
    ("typed", "month", "before", "after"),
    [
        ("2026-12", "2026-12", "2026-11", "2027-01"),
        ("2026-13", "2026-11", "2026-10", "2026-12"),
        ("next", "2026-11", "2026-10", "2026-12"),
        ("9999-12", "2026-11", "2026-10", "2026-12"),
        ("0001-01", "2026-11", "2026-10", "2026-12"),
    ],
)
def test_a_month_has_neighbours_whatever_is_typed(typed: str, month: str, before: str, after: str) -> None:
    read = calendar.Month.of(typed, date(2026, 11, 27))
    assert (str(read), str(read.before), str(read.after)) == (month, before, after)
    assert read.span[1] == read.after.span[0]
