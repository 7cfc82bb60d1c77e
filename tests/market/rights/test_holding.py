"""What bars a transfer and what only deserves a word: one line a case."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from market.rights.rules.facts import Burden, Facts, Mark, Owner
from market.rights.rules.intents import ASSIGN, AUCTION, CLOSE, LIST, SALES
from market.rights.rules.rulebook import Blocker, readiness

TODAY = date(2026, 11, 23)
JIDA, FAW = Owner("P-JIDA", "吉林大学", Fraction(1, 2)), Owner("P-FAW", "一汽", Fraction(1, 2))
CLEAN = Facts(
    kind="patent",
    state="granted",
    number="ZL201310699744.2",
    seller="P-JIDA",
    owners=(replace(JIDA, share=Fraction(1)),),
    filed_on=date(2013, 12, 18),
    expires_on=date(2033, 12, 17),
    annuity_paid_to=date(2026, 12, 18),
    checked_on=date(2026, 11, 20),
)
PLEDGE = Burden("pledge", "吉林银行", "Y2024220000001", date(2024, 1, 1))
FREEZE = Burden("preservation", "长春知识产权法庭", since=date(2026, 1, 1))


def blockers(facts: Facts, intent: str, on: date) -> tuple[Blocker, ...]:
    return readiness(facts, intent, on).blockers


def seen(facts: Facts, intent: str, on: date = TODAY) -> list[tuple[str, str, str]]:
    return [(found.rule, found.severity, found.code) for found in blockers(facts, intent, on)]


@pytest.mark.parametrize("intent", sorted({*SALES, CLOSE}))
def test_nothing_stands_in_the_way_of_a_clean_right(intent: str) -> None:
    assert seen(CLEAN, intent) == []


@pytest.mark.parametrize("intent", sorted({*SALES, CLOSE}))
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"owners": (JIDA, FAW)}, ("R16", "red", "co_owner")),
        ({"owners": (JIDA,)}, ("R16", "red", "shares")),
        (
            {"seller": "P-FAW", "owners": (replace(JIDA, share=Fraction(1), consented=True),)},
            ("R19", "red", "not_owner"),
        ),
        ({"burdens": (PLEDGE,)}, ("R17", "red", "pledge")),
        ({"burdens": (replace(PLEDGE, consented=True),)}, ("R17", "amber", "pledge_prepays")),
        ({"burdens": (FREEZE,)}, ("R18", "red", "preservation")),
        ({"burdens": (replace(FREEZE, kind="suspension"),)}, ("R18", "red", "suspension")),
        ({"burdens": (replace(FREEZE, kind="dispute"),)}, ("R18", "red", "dispute")),
    ],
)
def test_what_keeps_title_from_passing_bars_every_step(
    intent: str, change: dict[str, object], expected: tuple[str, str, str]
) -> None:
    assert seen(replace(CLEAN, **change), intent) == [expected]  # type: ignore[arg-type]


def test_a_co_owner_who_consents_bars_nothing() -> None:
    assert seen(replace(CLEAN, owners=(JIDA, replace(FAW, consented=True))), ASSIGN) == []


def test_every_co_owner_is_named() -> None:
    third = Owner("P-LI", "李伟", Fraction(1, 4))
    facts = replace(CLEAN, owners=(JIDA, replace(FAW, share=Fraction(1, 4)), third))
    assert [found.facts["name"] for found in blockers(facts, LIST, TODAY)] == ["一汽", "李伟"]


@pytest.mark.parametrize(
    ("burden", "bars"),
    [
        (replace(PLEDGE, until=date(2025, 1, 1)), True),  # registered until deleted, whatever the debt's term
        (replace(PLEDGE, since=date(2026, 12, 1)), False),
        (replace(FREEZE, until=TODAY), True),
        (replace(FREEZE, until=date(2026, 11, 22)), False),
    ],
)
def test_a_burden_binds_while_it_lasts(burden: Burden, bars: bool) -> None:
    assert bool(seen(replace(CLEAN, burdens=(burden,)), LIST)) is bars


@pytest.mark.parametrize(
    ("change", "intent", "expected"),
    [
        ({"state": "lapsed"}, LIST, ("R19", "red", "lapsed")),
        ({"state": "invalidated"}, AUCTION, ("R19", "red", "invalidated")),
        ({"state": "expired"}, ASSIGN, ("R19", "red", "expired")),
        ({"expires_on": date(2026, 11, 22)}, LIST, ("R19", "red", "expired")),
        ({"state": "pending"}, AUCTION, ("R19", "amber", "pending")),
        ({"state": "draft"}, AUCTION, ("R19", "red", "unverified")),
        ({"annuity_paid_to": date(2026, 11, 22)}, LIST, ("R19", "amber", "annuity")),
        ({"annuity_paid_to": date(2026, 11, 22)}, AUCTION, ("R19", "red", "annuity")),
        ({"annuity_paid_to": date(2026, 5, 23)}, LIST, ("R19", "amber", "annuity")),
        ({"annuity_paid_to": date(2026, 5, 22)}, LIST, ("R19", "red", "annuity_lapsed")),
        ({"checked_on": None}, LIST, ("R19", "amber", "status_old")),
        ({"checked_on": date(2026, 10, 23)}, LIST, ("R19", "amber", "status_old")),
        ({"service_result": True}, ASSIGN, ("R25", "amber", "inventors")),
        (
            {"burdens": (Burden("licence", "一汽", "2020220000001", date(2020, 1, 1)),)},
            LIST,
            ("R23", "amber", "licence"),
        ),
        ({"burdens": (Burden("open_licence", "", since=date(2020, 1, 1)),)}, LIST, ("R32", "amber", "open_licence")),
        ({"siblings": (Mark("1590557", "IPAD"),), "kind": "trademark"}, LIST, ("R20", "amber", "similar_marks")),
    ],
)
def test_what_else_is_looked_at_before_a_sale(
    change: dict[str, object], intent: str, expected: tuple[str, ...]
) -> None:
    assert seen(replace(CLEAN, **change), intent) == [expected]  # type: ignore[arg-type]
    assert seen(replace(CLEAN, **change), CLOSE) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("change", [{"checked_on": date(2026, 10, 24)}, {"expires_on": TODAY}, {"state": "draft"}])
def test_the_last_good_day_is_still_good_for_listing(change: dict[str, object]) -> None:
    assert seen(replace(CLEAN, **change), LIST) == []  # type: ignore[arg-type]


def test_what_bars_comes_before_what_is_only_to_note() -> None:
    facts = replace(CLEAN, checked_on=None, burdens=(FREEZE,), service_result=True)
    assert [found.red for found in blockers(facts, LIST, TODAY)] == [True, False, False]


@pytest.mark.parametrize(
    ("kind", "article"), [("patent", "专利法 14"), ("trademark", "商标法 5"), ("copyright", "著作权法 14")]
)
def test_a_blocker_cites_the_law_of_its_kind(kind: str, article: str) -> None:
    (found,) = blockers(replace(CLEAN, kind=kind, owners=(JIDA, FAW)), ASSIGN, TODAY)
    assert (found.article, found.cure) == (article, "consent")
