"""Parts that make up one, what the Company Law asks of each step, vesting and dilution: all on plain values."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.equity.rules import contributing, shares
from market.equity.rules.shares import Held
from market.equity.rules.vesting import vested
from market.equity.rules.what_if import INVESTORS, SAFE, Round, what_if
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.words import sentence

DAY = date(2026, 3, 2)
F = Fraction
TWO = [Held("安妮", F(2, 3)), Held("包博", F(1, 3))]
weights = st.lists(st.integers(1, 1000), min_size=1, max_size=6)
parts = st.integers(1, 996).map(lambda part: F(part, 997))


def table(numbers: list[int], mark: str = "h") -> list[Held]:
    return [Held(f"{mark}{place}", F(number, sum(numbers))) for place, number in enumerate(numbers)]


@given(weights, weights, parts, parts)
def test_a_cap_table_makes_up_one_and_the_others_keep_their_relations(
    held: list[int], inventors: list[int], part: Fraction, theirs: Fraction
) -> None:
    before = table(held)
    new = shares.issued(part, "jida", theirs, table(inventors, "i"))
    after = shares.after(before, new)
    assert sum(row.part for row in after) == 1
    assert min(row.part for row in after) > 0
    kept = {row.holder: row.part for row in after}
    assert all(kept[row.holder] == row.part * (1 - part) for row in before)
    assert sum(row.part for row in new) == part


@given(weights, parts, parts, parts)
def test_a_round_dilutes_everybody_alike_and_makes_up_one(
    held: list[int], new: Fraction, safe: Fraction, off: F
) -> None:
    before = table(held)
    after = what_if(before, Round(F(10), new, safe, F(5), off))
    assert sum(row.part for row in after) == 1
    assert min(row.part for row in after) > 0
    assert len({row.part / old.part for row, old in zip(after, before, strict=False)}) == 1


def test_a_safe_converts_before_the_round() -> None:
    # 500k under a cap of 3m hold a sixth; 1m on 4m takes a fifth of it all
    after = what_if(TWO, Round(F(4_000_000), F(1_000_000), F(500_000), F(3_000_000)))
    assert {row.holder: row.part for row in after} == {
        "安妮": F(2, 3) * F(5, 6) * F(4, 5),
        "包博": F(1, 3) * F(5, 6) * F(4, 5),
        SAFE: F(1, 6) * F(4, 5),
        INVESTORS: F(1, 5),
    }
    by_discount = what_if(TWO, Round(F(2), F(0), F(1, 2), discount=F(1, 5)))
    assert by_discount[-1] == Held(SAFE, F(1, 2) / F(8, 5))


@pytest.mark.parametrize(
    ("typed", "part"),
    [("60%", F(3, 5)), ("１２．５％", F(1, 8)), ("3/5", F(3, 5)), ("100%", F(1)), (" 1 / 3 ", F(1, 3))],
)
def test_a_part_is_read_exactly(typed: str, part: Fraction) -> None:
    assert shares.part_of(typed) == part


@pytest.mark.parametrize("typed", ["", "0.6", "60", "0%", "101%", "1/0", "3/2", "-1/2", "1e1%", "½"])
def test_what_is_no_part_is_refused(typed: str) -> None:
    refuses("equity.part", lambda: shares.part_of(typed))


def test_holders_are_read_line_by_line() -> None:
    assert shares.lines_of("安妮 60%\n\n包博，  2/5 ") == [Held("安妮", F(3, 5)), Held("包博", F(2, 5))]
    refuses("equity.line", lambda: shares.lines_of("安妮 60%\n40%"))
    refuses("equity.twice", lambda: shares.lines_of("安妮 60%\n安妮 40%"))
    refuses("equity.lines", lambda: shares.lines_of("\n".join(f"h{place} 1/99" for place in range(61))))
    refuses("equity.not_whole", lambda: shares.check_whole(TWO[:1]))


def refuses(code: str, act: Callable[[], Any]) -> None:
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    assert "{" not in sentence(caught.value)


def yuan(amount: int) -> Money:
    return Money(amount * 100, "CNY")


def report(**changed: Any) -> None:
    said: dict[str, Any] = {"base_on": DAY, "valid_until": date(2027, 3, 2), "today": date(2026, 9, 1)}
    amounts = [changed.pop("amount", yuan(10)), changed.pop("value", yuan(10))]
    contributing.check_report(*amounts, **said | changed)


def resolution(**changed: Any) -> None:
    both = ["安妮", "包博"]
    said: dict[str, Any] = {
        "voted": ["安妮"],
        "waived": both,
        "on": DAY,
        "valid_until": DAY,
        "due_on": date(2031, 3, 2),
    }
    contributing.check_resolution(TWO, **said | changed)


def disposal(fate: str, on: date, to: str = "") -> None:
    contributing.check_disposal(fate, to, on, forfeited_on=DAY, today=date(2027, 1, 1))


def test_what_the_law_allows_passes() -> None:
    report()
    resolution()
    contributing.check_value(yuan(100), yuan(300), F(1, 4))
    contributing.check_call(date(2026, 3, 3), date(2026, 5, 6), due_on=DAY, today=date(2026, 3, 3))
    disposal("transferred", date(2026, 9, 2), "卡罗")
    disposal("others", date(2026, 9, 3))


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("equity.over_report", lambda: report(value=yuan(11))),
        ("equity.report_validity", lambda: report(valid_until=date(2027, 3, 3))),
        ("equity.report_validity", lambda: report(valid_until=date(2026, 3, 1))),
        ("equity.report_expired", lambda: report(today=date(2027, 3, 3))),
        ("equity.date_ahead", lambda: report(today=date(2026, 3, 1))),
        ("equity.votes", lambda: resolution(voted=["包博"])),
        ("equity.waivers", lambda: resolution(waived=["安妮"])),
        ("equity.report_expired", lambda: resolution(on=date(2026, 3, 3))),
        ("equity.due_on", lambda: resolution(due_on=date(2031, 3, 3))),
        ("equity.due_on", lambda: resolution(due_on=date(2026, 3, 1))),
        ("equity.below_capital", lambda: contributing.check_value(yuan(99), yuan(300), F(1, 4))),
        ("equity.not_due", lambda: contributing.check_call(DAY, date(2026, 9, 1), due_on=DAY, today=DAY)),
        ("equity.grace", lambda: contributing.check_call(DAY, date(2026, 4, 30), due_on=date(2026, 3, 1), today=DAY)),
        ("equity.disposal_day", lambda: disposal("cancelled", date(2026, 9, 3))),
        ("equity.disposal_day", lambda: disposal("others", date(2026, 9, 2))),
        ("equity.disposal_to", lambda: disposal("transferred", DAY)),
        ("equity.inventors_least", lambda: inventors(F(2, 5), service=True, state=True)),
        ("equity.inventors_missing", lambda: inventors(F(1, 2), service=True, state=True, named=[])),
    ],
)
def test_what_the_law_forbids_is_refused(code: str, act: Callable[[], None]) -> None:
    refuses(code, act)


def inventors(part: Fraction, *, service: bool, state: bool, named: list[Held] = TWO) -> None:
    contributing.check_inventors(part, named, service_result=service, state_owned=state, planned=F(0))


def test_an_enterprise_and_a_private_right_may_agree_on_less() -> None:
    inventors(F(1, 10), service=True, state=False)
    inventors(F(0), service=False, state=True)


def test_forfeited_shares_leave_the_table_as_it_was_or_go_whole_to_another() -> None:
    new = [Held("jida", F(1, 5))]
    assert contributing.standing(TWO, new, "cancelled", "") == TWO
    assert contributing.standing(TWO, new, "others", "") == TWO
    assert contributing.standing(TWO, new, "transferred", "安妮") == [Held("安妮", F(11, 15)), Held("包博", F(4, 15))]


@pytest.mark.parametrize(
    ("on", "part"),
    [
        (date(2026, 1, 30), 0),
        (date(2027, 1, 30), 0),
        (date(2027, 1, 31), F(12, 48)),
        (date(2027, 2, 27), F(12, 48)),
        (date(2027, 2, 28), F(13, 48)),  # no 31 February: the month's last day counts (民法典 202)
        (date(2030, 1, 31), 1),
        (date(2040, 1, 1), 1),
    ],
)
def test_an_option_vests_month_by_month_after_its_cliff(on: date, part: Fraction) -> None:
    assert vested(F(1, 10), date(2026, 1, 31), 12, 48, on) == F(1, 10) * part


def test_a_call_is_offered_only_when_overdue_and_a_forfeiture_only_after_the_grace() -> None:
    def steps(today: date, grace: date | None = None) -> list[str]:
        return contributing.steps_of("resolved", today=today, due_on=DAY, grace_until=grace)

    assert steps(DAY) == ["file"]
    assert steps(date(2026, 3, 3)) == ["file", "call"]
    assert steps(date(2026, 5, 6), date(2026, 5, 6)) == ["file"]
    assert steps(date(2026, 5, 7), date(2026, 5, 6)) == ["file", "forfeit"]
