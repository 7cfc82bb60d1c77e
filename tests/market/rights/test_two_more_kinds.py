"""Layout designs and plant varieties: their numbers, their terms, the law their defects are cited under, their entries."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from market.kernel.errors import Refused
from market.parties.models import Party
from market.rights.models import Right
from market.rights.queries import blockers_of, register_of
from market.rights.rules import terms
from market.rights.rules.facts import Burden, Facts, Owner
from market.rights.rules.identifiers import check_number
from market.rights.rules.rulebook import readiness
from tests import assets

TODAY = date(2026, 11, 23)
BEFORE_2026 = date(2026, 10, 14)  # the regulations on layout designs of 2026 begin on the next day


@pytest.mark.parametrize(
    ("kind", "office", "typed", "key", "display"),
    [
        ("ic_layout", "CN", "BS.205001234", "BS.205001234", "BS.205001234"),
        ("ic_layout", "CN", "ｂｓ.12500520.2", "BS.125005202", "BS.125005202"),
        ("ic_layout", "CN", "BS205001234", "BS.205001234", "BS.205001234"),
        ("plant_variety", "CN", "CNA20191234.5", "CNA201912345", "CNA20191234.5"),
        ("plant_variety", "CN", "cna 2019 1234", "CNA20191234", "CNA20191234"),
        ("plant_variety", "CN", "CNA20191004567", "CNA20191004567", "CNA20191004567"),
        ("plant_variety", "CN", "20180123", "20180123", "20180123"),
        ("plant_variety", "US", "PVP 202000123", "PVP202000123", "US PVP202000123"),
        ("ic_layout", "KR", "KR 1234-5", "1234-5", "KR 1234-5"),
    ],
)
def test_a_number_is_read_however_it_is_written(kind: str, office: str, typed: str, key: str, display: str) -> None:
    checked = check_number(kind, "other", office, typed, today=TODAY)
    assert (checked.key, checked.display) == ((office, key), display)
    assert [warning.code for warning in checked.warnings] == ([] if office == "CN" else ["right.office_unchecked"])


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        ("ic_layout", "BS.2050012", "right.number_format"),
        ("ic_layout", "CNA20191234.5", "right.number_format"),
        ("ic_layout", "BS.275001234", "right.number_year"),
        ("ic_layout", "BS.005001234", "right.number_year"),
        ("plant_variety", "CNA2019123", "right.number_format"),
        ("plant_variety", "BS.205001234", "right.number_format"),
        ("plant_variety", "CNA19981234.5", "right.number_year"),
        ("plant_variety", "CNA20271234.5", "right.number_year"),
    ],
)
def test_a_number_of_another_form_or_year_is_refused(kind: str, typed: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_number(kind, "other", "CN", typed, today=TODAY)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("filed_on", "exploited_on", "completed_on", "last"),
    [
        (date(2020, 5, 8), None, None, date(2030, 5, 7)),
        (date(2020, 5, 8), date(2020, 3, 2), date(2019, 12, 1), date(2030, 3, 1)),
        (date(2020, 5, 8), date(2021, 3, 2), None, date(2030, 5, 7)),  # the earlier day counts
        (date(2020, 5, 8), None, date(2010, 1, 4), date(2025, 1, 3)),  # fifteen years from completion end it sooner
    ],
)
def test_a_layout_design_lives_ten_years_but_no_longer_than_fifteen_from_its_making(
    filed_on: date, exploited_on: date | None, completed_on: date | None, last: date
) -> None:
    assert terms.cn_layout_last_day(filed_on, exploited_on, completed_on) == last


@pytest.mark.parametrize(
    ("growth", "granted_on", "last"),
    [
        ("other", date(2022, 6, 30), date(2037, 6, 29)),
        ("woody", date(2022, 6, 30), date(2042, 6, 29)),
        ("other", date(2025, 5, 31), date(2040, 5, 30)),
        ("other", date(2025, 6, 1), date(2045, 5, 31)),
        ("woody", date(2025, 6, 1), date(2050, 5, 31)),
    ],
)
def test_a_variety_granted_since_june_2025_lives_five_years_longer(growth: str, granted_on: date, last: date) -> None:
    assert terms.cn_variety_last_day(growth, granted_on) == last


def sound(kind: str, **more: Any) -> Facts:
    """The facts of a right of that kind nothing stands against."""
    state = "registered" if kind == "ic_layout" else "granted"
    owner = Owner("P-JIDA", "吉林大学")
    return Facts(kind, state, "1", "P-JIDA", (owner,), checked_on=TODAY, **more)


HALF = {"owners": (Owner("P-JIDA", "吉林大学"), Owner("P-FAW", "一汽"))}
LAYOUTS = "集成电路布图设计保护条例（2026）"
PLEDGE = Burden("pledge", "吉林银行", "Y1", date(2024, 1, 1))


@pytest.mark.parametrize(
    ("kind", "broken", "intent", "code", "cited", "later"),
    [
        ("ic_layout", {"state": "expired"}, "assign", "expired", "集成电路布图设计保护条例 12", LAYOUTS),
        ("ic_layout", {"state": "invalidated"}, "assign", "invalidated", "集成电路布图设计保护条例 20", LAYOUTS),
        ("ic_layout", {"seller": "P-X"}, "close", "not_owner", "集成电路布图设计保护条例 22", LAYOUTS),
        ("ic_layout", {"burdens": (PLEDGE,)}, "assign", "pledge", "民法典 444", "民法典 444"),
        ("ic_layout", {"burdens": (PLEDGE,)}, "pledge", "pledged_already", "民法典 444", "民法典 444"),
        ("plant_variety", {"state": "lapsed"}, "assign", "lapsed", "植物新品种保护条例（2025）", "植物新品种保护条例（2025）"),
        ("plant_variety", {"state": "expired"}, "list", "expired", "植物新品种保护条例（2025）", "植物新品种保护条例（2025）"),
        ("plant_variety", {"service_result": True}, "assign", "inventors", "民法典 847", "民法典 847"),
    ],
)  # fmt: skip
def test_a_defect_is_cited_under_the_law_of_its_kind_and_day(
    kind: str, broken: dict[str, Any], intent: str, code: str, cited: str, later: str
) -> None:
    facts = replace(sound(kind), **broken)
    then, now = (readiness(replace(facts, checked_on=day), intent, day).blockers for day in (BEFORE_2026, TODAY))
    assert (code, cited) in {(one.code, one.article) for one in then}
    assert (code, later) in {(one.code, one.article) for one in now}


def test_a_variety_was_judged_by_the_regulations_of_2014_before_june_2025() -> None:
    day = date(2025, 5, 31)
    (only,) = readiness(replace(sound("plant_variety"), state="lapsed", checked_on=day), "assign", day).blockers
    assert only.article == "植物新品种保护条例 36"


@pytest.mark.parametrize("kind", ["ic_layout", "plant_variety"])
def test_no_co_owner_licenses_these_alone(kind: str) -> None:
    (one, two) = readiness(replace(sound(kind), **HALF), "license_ordinary", TODAY).blockers
    assert {one.code, two.code} == {"shares", "co_owner"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("draft", "state", "last"),
    [(assets.layout_draft, "registered", date(2030, 3, 1)), (assets.variety_draft, "granted", date(2037, 6, 29))],
)
def test_they_are_entered_verified_and_kept_like_any_right(draft: Any, state: str, last: date, jida: Party) -> None:
    right = assets.right(jida, draft=draft())
    assert (right.state, right.expires_on) == (state, last)
    assert register_of(right, TODAY).state == state
    assert blockers_of(right, "list") == []


@pytest.mark.django_db
def test_the_database_knows_no_sixth_kind(jida: Party) -> None:
    right = assets.draft_right(jida)
    with pytest.raises(IntegrityError), transaction.atomic():
        Right.objects.filter(pk=right.pk).update(kind="secret")
