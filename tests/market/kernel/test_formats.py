"""How figures, days and states read, in both languages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from market.kernel import formats, tints
from market.kernel.forms import MoneyField
from market.kernel.money import Money

NOON = datetime(2026, 12, 2, 4, 0, tzinfo=UTC)  # 12:00 in Beijing


def yuan(text: str) -> Money:
    """Yuan from a plain figure, negative ones too."""
    return formats.read_money({"amount": text, "currency": "CNY"})


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (yuan("1180000"), "¥1,180,000"),
        (yuan("1180000.50"), "¥1,180,000.50"),
        (yuan("0"), "¥0"),
        (yuan("-100000"), "−¥100,000"),
        (Money(123_456, "USD"), "US$1,234.56"),
        (Money(5_000, "JPY"), "JP¥5,000"),
        ({"amount": "-72.05", "currency": "CNY"}, "−¥72.05"),
        (None, "—"),
        ("", "—"),
    ],
)
def test_an_amount_shows_its_cents_only_when_it_has_some(amount: object, shown: str) -> None:
    assert formats.money(amount) == shown  # type: ignore[arg-type]


def test_a_settlement_shows_its_cents_always() -> None:
    assert formats.money(yuan("1440000"), "2") == "¥1,440,000.00"
    assert formats.money(yuan("-43200"), "2") == "−¥43,200.00"


def test_a_bare_number_is_not_money() -> None:
    with pytest.raises(TypeError):
        formats.money(1180000)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "han", "latin"),
    [
        ("1180000", "118 万元", "¥1.18 million"),
        ("10000", "1 万元", "¥10,000"),
        ("9800.50", "9,800.5 元", "¥9,800.50"),
        ("120000000", "1.2 亿元", "¥120 million"),
        ("1234567", "约 123.46 万元", "about ¥1.23 million"),
        ("-1180000", "−118 万元", "−¥1.18 million"),
        ("2500000000", "25 亿元", "¥2.5 billion"),
        ("0", "0 元", "¥0"),
    ],
)
def test_the_order_of_magnitude_is_read_in_the_readers_units(amount: str, han: str, latin: str) -> None:
    assert formats.wan(yuan(amount), "zh-hans") == han
    assert formats.wan(yuan(amount), "en") == latin


def test_dollars_in_ten_thousands_say_so() -> None:
    assert formats.wan(Money(118_000_000, "USD"), "zh-hans") == "118 万美元"


@pytest.mark.parametrize(
    ("amount", "figures"),
    [
        ("0", "零元整"),
        ("1", "壹元整"),
        ("10", "壹拾元整"),
        ("1180000", "壹佰壹拾捌万元整"),
        ("1000000", "壹佰万元整"),
        ("100050", "壹拾万零伍拾元整"),
        ("1000001", "壹佰万零壹元整"),
        ("20003000", "贰仟万叁仟元整"),
        ("1234567890.12", "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分"),
        ("1.50", "壹元伍角整"),
        ("1.05", "壹元零伍分"),
        ("1000000000000", "壹万亿元整"),
        ("-100000", "负壹拾万元整"),
    ],
)
def test_capital_figures_bind_without_doubt(amount: str, figures: str) -> None:
    assert formats.capital(yuan(amount)) == figures


def test_capital_figures_are_for_yuan_alone() -> None:
    assert formats.capital(Money(100, "USD")) == ""


def test_moments_are_shown_in_beijing() -> None:
    late = datetime(2026, 12, 2, 20, 30, 7, tzinfo=UTC)
    assert formats.when(late) == "2026-12-03 04:30"
    assert formats.day(late) == "2026-12-03"
    assert formats.clock(late) == "04:30:07"
    assert formats.when("2026-12-02T02:00:00+00:00") == "2026-12-02 10:00"
    assert formats.day(date(2026, 12, 2)) == formats.day("2026-12-02") == "2026-12-02"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        formats.when(datetime(2026, 12, 2, 10, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(days=4, hours=1), "4 days left"),
        (timedelta(hours=47), "47 hours left"),
        (timedelta(minutes=119), "119 minutes left"),
        (timedelta(seconds=90), "less than 2 minutes left"),
        (timedelta(0), "passed"),
        (timedelta(days=-3), "passed"),
    ],
)
def test_a_deadline_says_how_long_is_left(span: timedelta, words: str) -> None:
    with translation.override("en"):
        assert formats.left(NOON + span, NOON) == words


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (timedelta(days=2, hours=3, seconds=9), "2 d 03:00:09"),
        (timedelta(hours=23, minutes=59, seconds=59), "23:59:59"),
        (timedelta(seconds=89, milliseconds=1), "00:01:30"),
        (timedelta(0), "00:00:00"),
        (timedelta(days=-3), "00:00:00"),
    ],
)
def test_a_clock_shows_what_its_script_goes_on_to_count(span: timedelta, shown: str) -> None:
    with translation.override("en"):
        assert formats.countdown(NOON + span, NOON) == shown


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(days=3, hours=1), "3 days ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(minutes=5), "5 minutes ago"),
        (timedelta(seconds=9), "just now"),
    ],
)
def test_an_event_says_how_long_ago_it_was(span: timedelta, words: str) -> None:
    with translation.override("en"):
        assert formats.ago(NOON - span, NOON) == words


def test_a_date_counts_in_days() -> None:
    with translation.override("en"):
        assert formats.left(date(2026, 12, 3), NOON) == "1 day left"
        assert formats.left("2026-12-02", NOON) == formats.ago(date(2026, 12, 2), NOON) == "today"
        assert formats.left(date(2026, 12, 1), NOON) == "passed"
        assert formats.ago(date(2026, 12, 1), NOON) == "1 day ago"


def test_a_share_is_shown_in_percent_and_never_read_from_a_float() -> None:
    assert formats.percent(Fraction(1, 8)) == "12.5%"
    assert formats.percent(Decimal("0.05")) == "5%"
    assert formats.percent(Fraction(1, 3)) == "33.33%"
    assert formats.percent(Fraction(-1, 10)) == "−10%"
    assert formats.percent(0) == "0%"
    with pytest.raises(TypeError):
        formats.percent(0.1)  # type: ignore[arg-type]


def test_long_references_are_shortened_and_short_ones_kept() -> None:
    assert formats.short("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b") == "9f86d081…4f1b"
    assert formats.short("D-7K3M9QX2TC") == "D-7K3M9QX2TC"


@pytest.mark.parametrize("nothing", [None, ""])
def test_what_is_unknown_is_a_dash_and_zero_is_zero(nothing: object) -> None:
    functions = (formats.money, formats.capital, formats.when, formats.day, formats.clock, formats.short, formats.orna)
    shown = {function(nothing) for function in functions}  # type: ignore[operator]
    assert shown == {"—"}
    assert formats.orna(0) == 0


def test_a_state_is_looked_up_by_its_kind_first() -> None:
    assert tints.look("paid", "deal").tint == "now"
    assert tints.look("paid").tint == "ok"
    assert tints.look("never_heard_of") == tints.Look("end", "never heard of")
    assert {look.tint for look in tints.LOOKS.values()} <= set(tints.MARKS)


@pytest.mark.parametrize(
    "typed", ["1180000", "１，１８０，０００元", "¥1,180,000.00", " 1 180 000 ", "1,180,000 RMB", "1180000.00圆"]
)
def test_a_buyer_types_an_amount_as_people_do(typed: str) -> None:
    assert MoneyField().clean(typed) == yuan("1180000")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("118万", "amount.format"),
        ("-5", "amount.format"),
        ("1e6", "amount.format"),
        ("12,5", "amount.format"),
        ("1.005", "amount.precision"),
        ("99999999999999", "amount.range"),
        ("0", "amount.zero"),
        ("", "required"),
    ],
)
def test_a_doubtful_amount_is_refused_and_never_guessed(typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        MoneyField().clean(typed)
    assert refused.value.code == code


def test_an_optional_amount_may_be_left_out_and_one_read_is_shown_as_typed() -> None:
    assert MoneyField(required=False).clean("") is None
    assert MoneyField().prepare_value(yuan("1180000")) == "1180000"
    assert MoneyField().prepare_value(yuan("1180000.50")) == "1180000.50"
