"""What falls due and when: fees as dated data, due days, grace and surcharge, and the ends of terms and burdens."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.kernel.calendar import is_working_day
from market.kernel.money import Money
from market.rights.rules.facts import Burden
from market.rights.rules.fees import fee_of
from market.rights.rules.rest_days import next_open_day
from market.rights.rules.upkeep import Due, Kept, dues

SHARED = Path(__file__).parents[4] / "shared/data/fees/patent_fees.json"
TODAY = date(2026, 11, 27)
FAR = date(2046, 1, 1)
PATENT = Kept("patent", "invention", "CN", "granted", date(2019, 2, 8), date(2021, 1, 15), date(2039, 2, 7))
OURS = {"CN": ("invention", "utility", "design"), "US": ("invention",), "EP": ("invention",)}


def cny(yuan: int) -> Money:
    return Money(yuan * 100, "CNY")


@pytest.mark.parametrize(
    ("office", "of_type", "stage", "on", "amount"),
    [
        ("CN", "invention", "3", TODAY, cny(900)),
        ("CN", "invention", "9", TODAY, cny(2000)),
        ("CN", "invention", "20", TODAY, cny(8000)),
        ("CN", "utility", "10", TODAY, cny(2000)),
        ("CN", "utility", "11", TODAY, None),
        ("CN", "design", "15", TODAY, cny(3000)),
        ("US", "invention", "7.5", TODAY, Money(404_000, "USD")),
        ("US", "invention", "7.5", date(2025, 1, 18), None),  # the schedule begins on the next day
        ("EP", "invention", "5", date(2016, 3, 31), Money(77_500, "EUR")),
        ("EP", "invention", "5", date(2016, 4, 1), Money(82_000, "EUR")),
        ("EP", "invention", "4", TODAY, None),  # not in the text of the newer schedule
        ("JP", "invention", "4", TODAY, None),
    ],
)
def test_a_fee_is_that_of_the_schedule_in_force(
    office: str, of_type: str, stage: str, on: date, amount: Money | None
) -> None:
    fee = fee_of(office, of_type, stage, on)
    assert (fee.amount if fee else None) == amount
    assert fee is None or not fee.checked  # nobody has compared them with the office yet


@pytest.mark.skipif(not SHARED.is_file(), reason="the collected fees are not here")
def test_the_schedules_are_those_that_were_collected() -> None:
    collected = json.loads(SHARED.read_text(encoding="utf-8"))
    for key, of_type in (("invention", "invention"), ("utility_model", "utility"), ("design", "design")):
        for years, amount in collected["CN"][f"{key}_annual"].items():
            first, _dash, last = years.partition("-")
            for year in range(int(first), int(last) + 1):
                fee = fee_of("CN", of_type, str(year), TODAY)
                assert fee is not None
                assert fee.amount == cny(amount)
    for stage, amounts in collected["US"]["due_years_from_grant"].items():
        fee = fee_of("US", "invention", stage, TODAY)
        assert fee is not None
        assert (fee.amount, fee.flat) == (Money(amounts[0] * 100, "USD"), Money(54_000, "USD"))


@pytest.mark.parametrize(
    ("paid_to", "first", "on", "grace"),
    [
        (None, "3", date(2021, 2, 8), date(2021, 8, 9)),  # granted in its second year; 8 August is a Sunday
        (date(2027, 2, 8), "9", date(2027, 2, 9), date(2027, 8, 9)),  # the 8th is a rest day
        (date(2027, 2, 7), "9", date(2027, 2, 9), date(2027, 8, 9)),
        (date(2027, 2, 9), "10", date(2028, 2, 8), date(2028, 8, 8)),
        (date(2026, 2, 8), "8", date(2026, 2, 9), date(2026, 8, 10)),
    ],
)
def test_the_first_annuity_owed_is_that_of_the_year_not_paid_for(
    paid_to: date | None, first: str, on: date, grace: date
) -> None:
    owed = dues(replace(PATENT, paid_to=paid_to), date(2020, 1, 1), FAR)
    annuities = [due for due in owed if due.kind == "annuity"]
    assert (annuities[0].stage, annuities[0].on, annuities[0].grace_until) == (first, on, grace)
    assert [int(due.stage) for due in annuities] == list(range(int(first), 21))
    assert owed[-1].kind == "expiry"


YEAR_8 = Due(
    "annuity", "8", date(2026, 2, 9), None, date(2026, 8, 10), date(2026, 2, 8), fee_of("CN", "invention", "8", TODAY)
)


@pytest.mark.parametrize(
    ("day", "standing", "surcharge"),
    [
        (date(2026, 2, 9), "open", None),
        (date(2026, 2, 10), "late", cny(0)),  # within the first month
        (date(2026, 3, 8), "late", cny(0)),
        (date(2026, 3, 9), "late", cny(100)),  # 5 % of 2,000 for each month gone by
        (date(2026, 4, 9), "late", cny(200)),
        (date(2026, 8, 10), "late", cny(500)),
        (date(2026, 8, 11), "over", None),
    ],
)
def test_who_pays_late_pays_five_percent_a_month_until_the_grace_is_over(
    day: date, standing: str, surcharge: Money | None
) -> None:
    assert (YEAR_8.standing(day), YEAR_8.surcharge(day)) == (standing, surcharge)


def test_american_fees_open_before_they_are_due_and_cost_more_in_grace() -> None:
    kept = Kept("patent", "invention", "US", "granted", date(2020, 1, 6), date(2022, 3, 1), date(2040, 1, 6))
    first, second, third, expiry = dues(kept, date(2024, 1, 1), FAR)
    assert (first.stage, first.opens_on, first.on, first.grace_until) == (
        *("3.5", date(2025, 3, 1), date(2025, 9, 2)),  # 1 September is Labor Day, 1 March 2026 a Sunday
        date(2026, 3, 2),
    )
    assert [second.on, third.on, expiry.on] == [date(2029, 9, 4), date(2033, 9, 1), date(2040, 1, 6)]
    assert (second.standing(date(2029, 2, 28)), second.standing(date(2029, 3, 1))) == ("ahead", "open")
    assert first.surcharge(date(2025, 10, 1)) == Money(54_000, "USD")


def test_a_european_application_pays_from_its_third_year_at_the_month_s_end() -> None:
    kept = Kept("patent", "invention", "EP", "pending", date(2023, 4, 12))
    first, second = dues(kept, date(2025, 1, 1), date(2026, 12, 31))
    assert (first.stage, first.on, first.grace_until) == ("3", date(2025, 4, 30), date(2025, 10, 31))
    assert first.surcharge(date(2025, 5, 1)) == Money(23_500, "EUR")
    assert (second.stage, second.fee) == ("4", None)


@pytest.mark.parametrize(
    ("office", "day", "moved"),
    [
        ("US", date(2026, 7, 3), date(2026, 7, 6)),  # the Fourth is a Saturday and kept on the Friday before
        ("US", date(2027, 12, 31), date(2028, 1, 3)),  # New Year's Day 2028 is a Saturday, too
        ("US", date(2026, 5, 25), date(2026, 5, 26)),  # Memorial Day
        ("US", date(2026, 11, 26), date(2026, 11, 27)),  # Thanksgiving
        ("US", date(2020, 6, 19), date(2020, 6, 19)),  # Juneteenth was none yet
        ("US", date(2023, 1, 1), date(2023, 1, 3)),
        ("EP", date(2024, 3, 29), date(2024, 4, 2)),  # Good Friday to Easter Monday
        ("EP", date(2023, 5, 18), date(2023, 5, 19)),  # Ascension Day
        ("EP", date(2020, 6, 1), date(2020, 6, 2)),  # Whit Monday
        ("EP", date(2026, 12, 31), date(2027, 1, 4)),
        ("JP", date(2026, 1, 1), date(2026, 1, 1)),
    ],
)
def test_a_last_day_moves_off_the_rest_days_of_its_office(office: str, day: date, moved: date) -> None:
    assert next_open_day(office, day) == moved


def test_marks_are_renewed_other_rights_end_and_burdens_run_out() -> None:
    mark = Kept("trademark", "", "CN", "registered", expires_on=date(2029, 6, 6))
    (renewal,) = dues(mark, TODAY, FAR)
    assert (renewal.kind, renewal.opens_on, renewal.on, renewal.grace_until) == (
        *("renewal", date(2028, 6, 6), date(2029, 6, 6)),
        date(2029, 12, 6),
    )
    burdens = (
        Burden("pledge", "吉林银行", "Y1", date(2024, 1, 1), date(2027, 1, 1)),
        Burden("dispute", "一汽", "", date(2024, 1, 1), date(2027, 1, 1)),
    )
    layout = Kept("ic_layout", "", "CN", "registered", expires_on=date(2030, 3, 1), burdens=burdens)
    assert [(due.kind, due.stage) for due in dues(layout, TODAY, FAR)] == [("pledge", "吉林银行"), ("expiry", "")]


@pytest.mark.parametrize("state", ["pending", "lapsed", "expired", "invalidated"])
def test_nothing_falls_due_on_what_is_not_in_force(state: str) -> None:
    assert dues(replace(PATENT, state=state), date(2000, 1, 1), FAR) == []


START = date(2019, 1, 1)


def test_from_every_filing_day_of_two_years_annuities_fall_on_working_days_half_a_year_apart_from_their_grace() -> None:
    for number in range(731):
        filed = START + timedelta(days=number)
        kept = Kept(
            "patent", "utility", "CN", "granted", filed, filed + timedelta(days=200), filed + timedelta(days=3650)
        )
        owed = [due for due in dues(kept, filed, FAR) if due.kind == "annuity"]
        assert len(owed) == 9
        for due in owed:
            assert due.grace_until is not None
            assert due.counted_from is not None
            assert is_working_day(due.on)
            assert is_working_day(due.grace_until)
            assert due.counted_from <= due.on < due.grace_until
            assert 170 <= (due.grace_until - due.on).days <= 200


@given(st.dates(date(2015, 1, 1), date(2026, 1, 1)), st.dates(date(2016, 1, 1), date(2040, 1, 1)))
def test_a_later_payment_never_leaves_more_to_pay(granted: date, paid_to: date) -> None:
    kept = replace(PATENT, filed_on=granted - timedelta(days=500), granted_on=granted, paid_to=paid_to)
    owed = dues(kept, date(2015, 1, 1), FAR)
    later = dues(replace(kept, paid_to=paid_to + timedelta(days=366)), date(2015, 1, 1), FAR)
    assert set(later) <= set(owed)
