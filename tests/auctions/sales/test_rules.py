"""The legal checks of a sale, one line a case."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from auctions.rules.presets import COMMERCIAL, EXCHANGE_DYNAMIC, JUDICIAL_ONLINE, PRESETS, RuleSet, preset
from auctions.rules.sales import check_arm_length, check_dates, check_host, check_lot, statutory, terms_sha256
from market.kernel.clock import BEIJING
from market.kernel.errors import Refused
from market.kernel.money import Money


def at(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), BEIJING) + timedelta(hours=hour)


def yuan(figure: int) -> Money:
    return Money(figure * 100, "CNY")


def refused(code: str):
    return pytest.raises(Refused, match=f"^{code}")


DATES = [
    # rules, notice, display from, register until, opens, refused
    (COMMERCIAL, "2026-11-24", "2026-11-24", "2026-12-01", "2026-12-02", ""),
    (COMMERCIAL, "2026-11-24", "2026-11-24", "2026-11-30", "2026-12-01", "calendar.too_early"),
    (COMMERCIAL, "2026-11-24", "2026-12-01", "2026-12-02", "2026-12-02", "sale.display_too_short"),
    (COMMERCIAL, "2026-11-24", "2026-11-24", "2026-12-03", "2026-12-02", "sale.dates_order"),
    (COMMERCIAL, "2026-11-24", "2026-12-03", "2026-12-02", "2026-12-02", "sale.dates_order"),
    (JUDICIAL_ONLINE, "2026-11-24", "2026-11-24", "2026-12-01", "2026-12-02", "calendar.too_early"),
    (JUDICIAL_ONLINE, "2026-11-24", "2026-11-24", "2026-12-20", "2026-12-25", ""),
]


@pytest.mark.parametrize(("rules", "notice", "display", "register", "opens", "code"), DATES)
def test_notice_and_viewing_times(rules, notice, display, register, opens, code):
    dates = {"display_from": at(display), "register_until": at(register), "opens_at": at(opens)}
    if not code:
        check_dates(rules, notice_on=date.fromisoformat(notice), **dates)
        return
    with refused(code):
        check_dates(rules, notice_on=date.fromisoformat(notice), **dates)


def test_a_date_too_early_names_the_earliest_legal_one():
    with pytest.raises(Refused) as no:
        check_dates(
            COMMERCIAL,
            notice_on=date(2026, 11, 24),
            display_from=at("2026-11-24"),
            register_until=at("2026-11-29"),
            opens_at=at("2026-11-29"),
        )
    assert no.value.facts["earliest"] == date(2026, 12, 2)


@pytest.mark.parametrize(
    ("rules", "notice", "opens"),
    [
        (COMMERCIAL, "2026-11-24", "2026-12-02"),
        (COMMERCIAL, "2026-12-25", "2027-01-02"),  # an opening may fall on a rest day
        (EXCHANGE_DYNAMIC, "2026-11-24", "2026-12-05"),
        (JUDICIAL_ONLINE, "2026-11-24", "2026-12-25"),
        (replace(COMMERCIAL, notice_days=1), "2026-11-24", "2026-11-27"),  # where viewing takes longer than the notice
    ],
)
def test_the_earliest_opening_is_the_first_day_that_is_not_refused(rules: RuleSet, notice: str, opens: str) -> None:
    noticed = date.fromisoformat(notice)
    found = statutory(rules, notice_on=noticed)
    assert (found.opens_from.isoformat(), found.notice_days) == (opens, rules.notice_days)

    def check(day: date) -> None:
        opened = at(day.isoformat())
        check_dates(rules, notice_on=noticed, display_from=at(notice, 23), register_until=opened, opens_at=opened)

    check(found.opens_from)
    with pytest.raises(Refused):
        check(found.opens_from - timedelta(days=1))


LOTS = [
    # start, step, reserve, seconds, refused
    (1_000_000, 20_000, None, 3600, ""),
    (1_000_000, 20_000, 1_000_000, 3600, ""),
    (1_000_000, 0, None, 3600, "lot.step"),
    (1_000_000, 1_000_001, None, 3600, "lot.step"),
    (1_000_000, 20_000, 999_999, 3600, "lot.reserve_below_start"),
    (1_000_000, 20_000, None, 299, "lot.too_short"),
    (0, 20_000, None, 3600, "lot.start_price"),
]


@pytest.mark.parametrize(("start", "step", "reserve", "seconds", "code"), LOTS)
def test_amounts_and_duration_of_a_lot(start, step, reserve, seconds, code):
    amounts = {"start": yuan(start), "step": yuan(step)}
    floor = None if reserve is None else yuan(reserve)
    if not code:
        check_lot(COMMERCIAL, **amounts, reserve=floor, duration_s=seconds)
        return
    with refused(code):
        check_lot(COMMERCIAL, **amounts, reserve=floor, duration_s=seconds)


HOSTS = [
    ("auction", True, date(2027, 1, 1), ""),
    ("auction", False, date(2027, 1, 1), "sale.no_licence"),
    ("auction", True, None, "sale.no_auctioneer"),
    ("auction", True, date(2026, 12, 1), "sale.no_auctioneer"),
    ("online_bidding", False, None, ""),
]


@pytest.mark.parametrize(("mode", "licensed", "valid_to", "code"), HOSTS)
def test_an_auction_needs_a_licensed_house_and_a_named_auctioneer(mode, licensed, valid_to, code):
    asked = {"mode": mode, "licensed": licensed, "auctioneer_valid_to": valid_to, "opens_on": date(2026, 12, 2)}
    if not code:
        check_host(**asked)
        return
    with refused(code):
        check_host(**asked)


def test_affiliates_of_the_consignor_are_kept_out():
    check_arm_length(bidder_circle=frozenset({1, 2}), barred=frozenset({3}))
    with refused("bid.related_party"):
        check_arm_length(bidder_circle=frozenset({1, 3}), barred=frozenset({3}))


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_rule_set_survives_its_data(name):
    assert RuleSet.from_data(preset(name).as_data()) == preset(name)


def test_an_unknown_rule_set_is_refused():
    with refused("sale.ruleset_unknown"):
        preset("house_rules")


def test_changed_conditions_have_another_hash():
    terms = {"lot": "L-1", "rules": COMMERCIAL.as_data(), "opens_at": at("2026-12-02")}
    assert terms_sha256(terms) == terms_sha256(dict(reversed(terms.items())))
    assert terms_sha256(terms) != terms_sha256({**terms, "rules": replace(COMMERCIAL, extension_window_s=60).as_data()})
