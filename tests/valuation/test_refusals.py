"""What the methods refuse, on which input, and what they say then."""

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from market.kernel.money import Money
from valuation import methods
from valuation.methods import plain
from valuation.methods.amounts import Amount, Mode, Rate, Rounding
from valuation.methods.discount import Debt
from valuation.methods.errors import ValuationError
from valuation.methods.schedules import Discounting, Schedule

NOTES = Path(settings.ROOT) / "templates" / "valuation" / "notes"
RELIEF: dict[str, Any] = {
    "revenue": [1_000_000, 1_100_000],
    "royalty_rate": "5%",
    "tax_rate": 0.25,
    "discount_rate": 0.12,
    "discounting": "end_of_year",
}
CALL: dict[str, Any] = {"asset_value": 350, "exercise_cost": 500, "years": 17, "risk_free": 0.04}
SALES = [{"price": 10, "ltm": 1, "sold_on": f"202{year}-05-01"} for year in range(4)]
CAPM: dict[str, Any] = {"risk_free": 0.03, "beta": 1.2, "market_premium": 0.06}
WACC: dict[str, Any] = {**CAPM, "cost_of_debt": 0.05, "tax_rate": 0.25}

REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("relief_from_royalty", {**RELIEF, "tax_rate": 25}, "rate_looks_like_percent", "tax_rate"),
    ("relief_from_royalty", {**RELIEF, "royalty_rate": "120%"}, "rate_looks_like_percent", "royalty_rate"),
    ("relief_from_royalty", {**RELIEF, "tax_rate": -0.1}, "not_a_share", "tax_rate"),
    ("relief_from_royalty", {**RELIEF, "discount_rate": -1}, "no_discount", "discount_rate"),
    ("relief_from_royalty", {**RELIEF, "discounting": "exact_days"}, "no_dates", "discounting"),
    ("relief_from_royalty", {**RELIEF, "discounting": "sometimes"}, "unreadable", "discounting"),
    ("relief_from_royalty", {**RELIEF, "royalty_rate": [0.05]}, "period_length_mismatch", "royalty_rate"),
    ("relief_from_royalty", {**RELIEF, "life_years": 3}, "period_length_mismatch", "revenue"),
    ("relief_from_royalty", {**RELIEF, "life_years": 2.5}, "unreadable", "life_years"),
    ("relief_from_royalty", {**RELIEF, "legal_years_left": 1}, "life_exceeds_legal_term", "revenue"),
    ("relief_from_royalty", {**RELIEF, "revenue": []}, "input_missing", "revenue"),
    ("relief_from_royalty", {**RELIEF, "revenue": 5}, "unreadable", "revenue"),
    ("relief_from_royalty", {**RELIEF, "revenue": ["much", 2]}, "not_a_number", "revenue"),
    ("relief_from_royalty", {**RELIEF, "revenue": [True, 2]}, "not_a_number", "revenue"),
    (
        "relief_from_royalty",
        {**RELIEF, "revenue": [1, {"amount": "1", "currency": "USD"}]},
        "currency_mismatch",
        "revenue",
    ),
    ("relief_from_royalty", {**RELIEF, "maintenance_costs": [1]}, "period_length_mismatch", "maintenance_costs"),
    ("relief_from_royalty", {**RELIEF, "tab": {"amortisation_years": 0}}, "not_positive", "years"),
    ("relief_from_royalty", {**RELIEF, "growth": 0.1}, "unknown_input", "growth"),
    ("relief_from_royalty", {k: v for k, v in RELIEF.items() if k != "tax_rate"}, "input_missing", "tax_rate"),
    ("relief_from_royalty", {k: v for k, v in RELIEF.items() if k != "discounting"}, "input_missing", "discounting"),
    ("relief_from_loyalty", RELIEF, "unknown_method", "method"),
    ("capitalise", {"cash_flow": 1, "discount_rate": 0.1, "growth": 0.1}, "growth_ge_discount", "growth"),
    ("option_black_scholes", CALL, "variance_given_as_volatility", "volatility"),
    (
        "option_black_scholes",
        {**CALL, "volatility": 0.3, "variance": 0.09},
        "variance_given_as_volatility",
        "volatility",
    ),
    ("option_black_scholes", {**CALL, "years": 0, "variance": 0.09}, "not_positive", "years"),
    ("option_black_scholes", {**CALL, "variance": 0}, "not_positive", "variance"),
    ("market_multiple", {"comparables": SALES[:2]}, "no_comparables", "comparables"),
    ("market_multiple", {"comparables": SALES, "sold_since": "2022-01-01"}, "stale_data", "sold_since"),
    ("wacc", {**WACC, "equity_weight": 0.6, "debt_weight": 0.5}, "weights_not_one", "debt_weight"),
    ("wacc", {**WACC, "equity_weight": 0.5, "debt_weight": 0.5, "market_return": 0.1}, "exactly_one", "market_premium"),
    ("wacc", {**WACC, "equity_weight": 1, "debt_weight": 0, "cost_of_equity": 0.1}, "exactly_one", "cost_of_equity"),
    ("cost_replacement", {"cost_new": 1, "obsolescence": {"a": 0.1, "b": 0.1}}, "input_missing", "combine"),
    ("cost_replacement", {"cost_new": 1, "obsolescence": {"a": -0.1}}, "not_a_share", "obsolescence"),
    ("royalty_rate_range_position", {"range_low": 0.5, "range_high": 0.1, "score": 1}, "range_reversed", "range_high"),
    (
        "royalty_rate_georgia_pacific",
        {"range_low": 0, "range_high": 0.1, "factors": {"duration": 2}, "reasons": {}},
        "no_reason",
        "reasons",
    ),
    (
        "royalty_rate_georgia_pacific",
        {"range_low": 0, "range_high": 0.1, "factors": {"luck": 2}, "reasons": {"luck": "x"}},
        "unknown_factor",
        "factors",
    ),
    (
        "simulated_royalty",
        {
            "revenue": {"dist": "normal", "mean": 1},
            "rate": {"dist": "normal", "mean": 1, "sd": 1},
            "draws": 1000,
            "seed": 1,
        },
        "distribution",
        "revenue",
    ),
    (
        "simulated_royalty",
        {"revenue": {"dist": "normal", "mean": 1, "sd": 1}, "rate": {"dist": "odd"}, "draws": 1000, "seed": 1},
        "unreadable",
        "rate.dist",
    ),
    ("decision_tree", {"stages": [], "payoff_success": 1, "payoff_failure": 0}, "input_missing", "stages"),
    ("income_split", {"operating_profit": 5, "methods": ["five"]}, "unknown_method", "methods"),
]


@pytest.mark.parametrize(("method", "inputs", "code", "field"), REFUSED)
def test_a_bad_input_is_refused_on_its_field(method: str, inputs: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(ValuationError) as refused:
        plain.value(method, inputs, "CNY")
    assert (refused.value.code, refused.value.field) == (f"valuation.{code}", field)
    with translation.override("zh-hans"):
        chinese = refused.value.message
    with translation.override("en"):
        assert refused.value.message != chinese


def test_percent_and_fraction_are_told_apart() -> None:
    assert Rate.percent("12") == Rate.fraction("0.12")
    assert str(Rate.percent("12")) == "12% (0.12)"
    for bad in ("12", "-1.01", "NaN", "Infinity", "twelve", ""):
        with pytest.raises(ValuationError):
            Rate.fraction(bad)


@pytest.mark.parametrize(
    ("figure", "currency", "rounding", "minor"),
    [
        ("194163.765", "CNY", Rounding(Mode.HALF_UP, 2), 19416377),
        ("194163.765", "CNY", Rounding(Mode.HALF_EVEN, 2), 19416376),
        ("194163.765", "CNY", Rounding(Mode.HALF_UP, -3), 19400000),
        ("194163.765", "CNY", Rounding(Mode.HALF_UP, 6), 19416377),
        ("-0.5", "JPY", Rounding(Mode.HALF_UP, 2), -1),
        ("1.2345", "KWD", Rounding(Mode.HALF_UP, 3), 1235),
    ],
)
def test_a_figure_becomes_money_by_a_stated_rounding(
    figure: str, currency: str, rounding: Rounding, minor: int
) -> None:
    assert Amount(Decimal(figure), currency).money(rounding) == Money(minor, currency)
    assert Amount.of(Money(minor, currency)).money(Rounding(Mode.HALF_UP, 6)) == Money(minor, currency)


def test_a_rate_is_not_money() -> None:
    found = plain.value("capm", CAPM, "CNY")
    with pytest.raises(TypeError):
        found.money(Rounding(Mode.HALF_UP, 2))


def test_exact_days_are_years_of_365_days() -> None:
    day, flows = date(2026, 12, 31), [Amount(Decimal(100), "CNY")] * 3
    terms: dict[str, Any] = {
        "royalty_rate": Rate.percent("10"),
        "tax_rate": Rate.percent("0"),
        "discount_rate": Rate.percent("8"),
    }
    dated = Schedule.dated(day, [(day + timedelta(365 * year), one) for year, one in enumerate(flows, start=1)])
    by_days = methods.relief_from_royalty(revenue=dated, discounting=Discounting.EXACT_DAYS, **terms)
    by_years = methods.relief_from_royalty(revenue=Schedule.yearly(flows), discounting=Discounting.END, **terms)
    assert by_days.value == by_years.value
    with pytest.raises(ValuationError, match="before_base"):
        Schedule.dated(day, [(date(2026, 12, 30), flows[0])])


def test_the_upkeep_of_a_right_comes_from_the_fee_table_of_its_office() -> None:
    terms: dict[str, Any] = {"office": "US", "type": "invention", "entity": "small", "discount_rate": Rate.percent("0")}
    days: dict[str, Any] = {
        "filed_on": date(2024, 1, 2),
        "granted_on": date(2026, 2, 3),
        "expires_on": date(2044, 1, 2),
        "valuation_date": date(2026, 12, 1),
    }
    found = methods.holding_cost(**terms, **days)
    assert (found.value, found.currency) == (Decimal(860 + 1616 + 3312), "USD")
    assert [note.code for note in found.warnings] == ["fees_unchecked"]
    assert methods.holding_cost(**{**terms, "discount_rate": Rate.percent("10")}, **days).value < found.value
    for changed, code in (
        ({"entity": "tiny"}, "unknown_entity"),
        ({"office": "JP", "entity": "large"}, "no_fee_table"),
    ):
        with pytest.raises(ValuationError, match=code):
            methods.holding_cost(**{**terms, **changed}, **days)


def test_methods_are_reconciled_with_their_spread_in_sight() -> None:
    high = plain.value("present_value", {"future_value": 300, "discount_rate": 0, "periods": 1}, "CNY")
    low = plain.value("market_multiple", {"comparables": [[9, 1], [10, 1], [12, 1]], "subject_revenue": 10}, "CNY")
    terms: dict[str, Any] = {"results": {"income": high, "market": low}, "reasons": {"income": "a", "market": "b"}}
    found = methods.reconcile(weights={"income": Rate.percent("60"), "market": Rate.percent("40")}, **terms)
    assert (found.value, found.low, found.high, found["spread"]) == (220, 95, 300, 200)
    assert [note.code for note in found.warnings] == ["wide_spread"]
    with pytest.raises(ValuationError, match="weights_not_one"):
        methods.reconcile(weights={"income": Rate.percent("60"), "market": Rate.percent("41")}, **terms)
    with pytest.raises(ValuationError, match="no_reason"):
        methods.reconcile(
            weights={"income": Rate.percent("60"), "market": Rate.percent("40")}, **{**terms, "reasons": {}}
        )


def test_the_input_that_moves_the_value_most_comes_first() -> None:
    def worth(name: str, value: Decimal) -> methods.Result:
        return plain.value("relief_from_royalty", {**RELIEF, name: value}, "CNY")

    swings = methods.tornado(
        worth,
        {
            "tax_rate": (Decimal("0.24"), Decimal("0.26")),
            "royalty_rate": (Decimal("0.03"), Decimal("0.07")),
            "discount_rate": (Decimal("0.10"), Decimal("0.14")),
        },
    )
    assert [swing.name for swing in swings] == ["royalty_rate", "discount_rate", "tax_rate"]
    assert swings[0].low < swings[0].high


def test_the_hash_knows_every_input_and_no_spelling() -> None:
    found = plain.value("relief_from_royalty", RELIEF, "CNY")
    assert plain.value("relief_from_royalty", {**RELIEF, "royalty_rate": "0.0500"}, "CNY").hash == found.hash
    assert (
        plain.value("relief_from_royalty", {**RELIEF, "royalty_rate": "5.01%"}, "CNY").inputs_hash != found.inputs_hash
    )
    assert plain.value("relief_from_royalty", RELIEF, "USD").inputs_hash != found.inputs_hash


def test_what_a_lender_gives_is_read_from_records() -> None:
    debts = plain.read(Debt, {"asset": "cash", "amount": 5, "pre_tax_rate": "7.5%"}, "debt", "CNY")
    assert debts == Debt("cash", Amount(Decimal(5), "CNY"), Rate.percent("7.5"))


def test_every_note_has_its_sentence() -> None:
    source = "".join(path.read_text() for path in (Path(settings.ROOT) / "valuation").rglob("*.py"))
    told = set(re.findall(r'\.(?:assume|warn)\(\s*"(\w+)"', source)) | set(Discounting)
    assert told == {path.stem for path in NOTES.iterdir()}
