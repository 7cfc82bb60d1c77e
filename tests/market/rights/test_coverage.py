"""The coverage map as a table: what a line lacks, whose time ends first, and what no line names."""

from datetime import date

import pytest

from market.kernel.errors import Refused
from market.rights.rules.coverage import Asset, Clock, Gap, Line, coverage
from market.rights.rules.portfolio import ipc_places, nice_classes

TODAY = date(2026, 11, 27)
PATENT = Asset("p", "patent", True, ipc=("H01M10/0562",), ends_on=date(2039, 2, 8), paid_to=date(2027, 2, 8))
MARK = Asset("m", "trademark", True, nice_class=9, ends_on=date(2029, 6, 7))
ASKED = Asset("a", "trademark", False, pending=True, nice_class=12)
DEAD = Asset("d", "patent", False, ipc=("H01M 4/13",), ends_on=date(2030, 1, 1))
PROGRAM = Asset("c", "copyright", True, ends_on=date(2063, 12, 31), licences=(("一汽", date(2028, 6, 30)),))
ALL = (PATENT, MARK, ASKED, DEAD, PROGRAM)


def gaps(*assets: str, classes: tuple[int, ...] = (9,), ipc: tuple[str, ...] = ()) -> list[str]:
    """What a line with these classes, places and assets lacks, as words."""
    (line,) = coverage([Line("x", classes, ipc, frozenset(assets))], ALL, TODAY).lines
    return [f"{gap.code} {gap.place}".strip() for gap in line.gaps]


@pytest.mark.parametrize(
    ("line", "lacks"),
    [
        ({"assets": "pm"}, []),
        ({"assets": "p"}, ["no_mark 9"]),
        ({"assets": "m"}, ["no_patent"]),
        ({"assets": "pm", "classes": (9, 12)}, ["no_mark 12"]),
        ({"assets": "pma", "classes": (12, 9)}, ["mark_pending 12"]),
        ({"assets": "md"}, ["no_patent"]),  # a lapsed patent protects nothing
        ({"assets": "pm", "ipc": ("H01M",)}, []),
        ({"assets": "pm", "ipc": ("H01M 10/0562", "B60L")}, ["no_patent_there B60L"]),
        ({"assets": "pmd", "ipc": ("H01M 4",)}, ["no_patent_there H01M 4"]),
        ({"assets": "p", "classes": ()}, ["no_class"]),
        ({"assets": "pmz"}, []),  # "z" has left
        ({"assets": ""}, ["no_mark 9", "no_patent"]),
    ],
)
def test_what_a_line_lacks(line: dict[str, tuple[int, ...]], lacks: list[str]) -> None:
    assert gaps(*line.pop("assets"), **line) == lacks


def test_a_waiting_application_is_said_to_wait() -> None:
    waits = Asset("w", "patent", False, pending=True)
    (line,) = coverage([Line("x", (9,), (), frozenset("wm"))], (waits, MARK), TODAY).lines
    assert line.gaps == (Gap("patent_pending"),)


def test_the_clocks_run_in_order_and_an_annuity_bounds_no_licence() -> None:
    found = coverage([Line("x", (9,), (), frozenset("pm")), Line("y", (), (), frozenset("c"))], ALL, TODAY)
    assert [(clock.asset, clock.what, clock.on.year) for clock in found.clocks] == [
        ("p", "annuity", 2027),
        ("c", "licence", 2028),
        ("m", "renewal", 2029),
        ("p", "expiry", 2039),
        ("c", "expiry", 2063),
    ]  # the dead patent's last day is nobody's
    assert found.first == Clock(date(2028, 6, 30), "licence", "c", "一汽")
    assert [line.first and line.first.what for line in found.lines] == ["renewal", "licence"]
    assert found.loose == ("a", "d")


def test_what_ended_yesterday_runs_no_more_and_what_ends_today_does() -> None:
    assert coverage([], [Asset("p", "patent", True, ends_on=date(2026, 11, 26))], TODAY).first is None
    ends = coverage([], [Asset("p", "patent", True, ends_on=TODAY)], TODAY).first
    assert ends == Clock(TODAY, "expiry", "p")


def test_a_mark_of_another_class_is_shown_though_nobody_asked_for_it() -> None:
    (line,) = coverage([Line("x", (25,), (), frozenset("pm"))], ALL, TODAY).lines
    assert line.marks == ((9, ("m",)), (25, ()))
    assert line.gaps == (Gap("no_mark", "25"),)


def test_classes_and_places_are_read_as_people_write_them() -> None:
    assert nice_classes("25、第9类, 009") == [9, 25]
    assert ipc_places("h01m，B60L 50/64\nH01M") == ["H01M", "B60L 50/64"]
    for typed in ("46", "x"):
        with pytest.raises(Refused, match=r"right\.nice_class"):
            nice_classes(typed)
    with pytest.raises(Refused, match=r"right\.symbol_format"):
        ipc_places("Z01M")
