"""Typed text is made plain the same way for every room, and no exported cell starts a formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.kernel.typed import bare, from_cell, plain, safe_cell, tidy


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" ＺＬ ２０１３ １ ０６９９７４４．２ ", "ZL201310699744.2"),
        ("201310699744。2", "201310699744.2"),
        ("国作登字－2026－Ａ－00037559", "国作登字-2026-A-00037559"),
        ("us 2008/0243642\u00a0a1", "US2008/0243642A1"),
        ("\u200b1590557\ufeff", "1590557"),
    ],
)
def test_identifiers_are_read_in_half_width_capitals(typed: str, read: str) -> None:
    assert plain(typed) == read


def test_groups_of_a_code_may_be_separated_as_people_like() -> None:
    assert bare("9111 0000-6000 3734–1l") == "91110000600037341L"


def test_titles_keep_their_letters() -> None:
    assert tidy("  A　title\n of\u200b two\x00 lines\x07 ") == "A title of two lines"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "\0=1"])
def test_a_formula_becomes_text(text: str) -> None:
    assert safe_cell(text) == "'" + text


@given(st.text())
def test_a_cell_comes_back_as_it_was_and_never_starts_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r")
    if not text.startswith("'"):
        assert from_cell(cell) == text


@given(st.text(st.characters(codec="gb2312")))
def test_making_plain_twice_changes_nothing(text: str) -> None:
    assert plain(plain(text)) == plain(text)
