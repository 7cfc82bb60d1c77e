"""A holder's portfolio: who may fill it, what leaves it, what may not be split, and how one bad member blocks the whole."""

from collections.abc import Callable, Hashable
from itertools import combinations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.models import Party, User
from market.rights import actions as rights
from market.rights import passing
from market.rights.models import Right
from market.rights.portfolios import actions, queries
from market.rights.portfolios.models import Portfolio
from market.rights.rules.portfolio import joined
from market.trail.models import Fact
from tests import assets

Deliver = Callable[[], None]


@pytest.fixture
def patent(jida: Party) -> Right:
    """吉林大学's patent."""
    return assets.right(jida)


@pytest.fixture
def mark(jida: Party) -> Right:
    """吉林大学's mark 长白雪 in class 9."""
    return assets.right(jida, draft=assets.trademark_draft())


def twin(owner: Party) -> Right:
    """A mark the law ties to 长白雪: the same goods, words that hold it."""
    return assets.right(owner, draft=assets.trademark_draft("1682310", title="长白雪山", groups=("0913",)))


def portfolio(owner: Party, by: User, *members: Right) -> Portfolio:
    """A portfolio of `owner` with these members."""
    made = actions.create(owner=owner, name="固态电池组合", name_en="Solid-state batteries", by=by)
    actions.add(made, rights=members, by=by)
    return made


def numbers(portfolio: Portfolio) -> list[str]:
    """The numbers of its members."""
    return [right.number for right in queries.rights_of(portfolio)]


@pytest.mark.django_db
def test_only_what_its_owner_holds_comes_in_and_twice_is_once(
    jida: Party, anne_co: Party, li_wei: User, patent: Right, mark: Right
) -> None:
    made = portfolio(jida, li_wei, patent)
    actions.add(made, rights=[patent, mark, mark], by=li_wei)
    theirs = assets.right(anne_co, draft=assets.patent_draft(2))
    with pytest.raises(Refused, match=r"portfolio\.not_held") as refused:
        actions.add(made, rights=[twin(jida), theirs], by=li_wei)
    assert theirs.number in sentence(refused.value)
    assert numbers(made) == [patent.number, mark.number]
    facts = Fact.objects.filter(subject=made.ref).order_by("pk").values_list("name", flat=True)
    assert list(facts) == ["portfolio.created", "portfolio.member_joined", "portfolio.member_joined"]


@pytest.mark.django_db
def test_a_member_whose_title_passed_leaves_and_its_stay_is_kept(
    jida: Party, anne_co: Party, li_wei: User, patent: Right, mark: Right, deliver: Deliver
) -> None:
    made = portfolio(jida, li_wei, patent, mark)
    line = {"line": None, "name": "电芯", "name_en": "", "classes": [9], "ipc": [], "together": True}
    actions.set_line(made, **line, rights=[patent, mark], by=li_wei)
    passing.pass_title(patent, seller=jida, to=anne_co, on=clock.today(), source="filing:F-1", actor="system:test")
    deliver()
    assert numbers(made) == [mark.number]
    (stay,) = queries.left_of(made)
    assert (stay.right, stay.left, stay.until) == (patent, "title_passed", clock.today())
    assert queries.lines_of(made)[0][1] == {mark.pk}
    actions.take_out(made, rights=[mark], by=li_wei)
    actions.add(made, rights=[mark], by=li_wei)
    assert [stay.left for stay in queries.left_of(made)] == ["taken_out", "title_passed"]
    assert numbers(made) == [mark.number]


@pytest.mark.django_db
def test_one_bad_member_blocks_the_whole_by_name(jida: Party, li_wei: User, patent: Right, mark: Right) -> None:
    good = assets.right(jida, draft=assets.patent_draft(2))
    whole = [patent, good, mark]
    assert queries.standing(whole, jida, "assign").barred == []
    rights.set_state(good, Right.State.LAPSED, source="专利公报", actor="system:test")
    standing = queries.standing(queries.rights_of(portfolio(jida, li_wei, *whole)), jida, "assign")
    assert standing.colour == "red"
    assert [(key, [bar.code for bar in bars]) for key, bars in standing.barred] == [(good.pk, ["lapsed"])]


@pytest.mark.django_db
def test_marks_left_behind_block_until_they_are_taken_in(jida: Party, li_wei: User, patent: Right, mark: Right) -> None:
    tied = twin(jida)
    made = portfolio(jida, li_wei, patent, mark)
    (blocked,) = queries.standing(queries.rights_of(made), jida, "assign").barred
    assert (blocked[0], blocked[1][0].code) == (mark.pk, "marks_left")
    assert queries.left_behind(queries.rights_of(made), jida) == [tied]
    actions.complete(made, by=li_wei)
    members = queries.rights_of(made)
    assert queries.standing(members, jida, "assign").barred == []
    assert queries.left_behind(members, jida) == []
    assert queries.undivided(members, jida, queries.lines_of(made)) == [{mark.pk, tied.pk}]
    line = {"line": None, "name": "电芯", "name_en": "", "classes": [9], "ipc": [], "together": True}
    actions.set_line(made, **line, rights=[patent, mark], by=li_wei)
    assert queries.undivided(members, jida, queries.lines_of(made)) == [{patent.pk, mark.pk, tied.pk}]


@pytest.mark.django_db
def test_a_line_names_members_only(jida: Party, li_wei: User, patent: Right, mark: Right) -> None:
    made = portfolio(jida, li_wei, patent)
    line = {"line": None, "name": "电芯", "name_en": "", "classes": [9], "ipc": ["H01M"], "together": False}
    with pytest.raises(Refused, match=r"portfolio\.not_member"):
        actions.set_line(made, **line, rights=[patent, mark], by=li_wei)
    assert queries.lines_of(made) == []
    actions.set_line(made, **line, rights=[patent], by=li_wei)
    map = queries.covering(made, queries.rights_of(made)).map
    assert [gap.code for gap in map.lines[0].gaps] == ["no_mark"]


@pytest.mark.django_db
def test_a_portfolio_is_answered_in_as_many_questions_as_one_right(jida: Party, li_wei: User, mark: Right) -> None:
    many = [mark, *(assets.right(jida, draft=assets.patent_draft(serial)) for serial in range(1, 7))]
    asked = []
    for size in (2, 7):
        with CaptureQueriesContext(connection) as seen:
            queries.standing(many[:size], jida, "assign")
        asked.append(len(seen))
    assert asked[0] == asked[1]


@given(st.lists(st.frozensets(st.integers(0, 7), min_size=1, max_size=3), max_size=8))
def test_tied_groups_are_the_connected_parts(ties: list[frozenset[int]]) -> None:
    groups = joined(ties)
    assert all(one.isdisjoint(other) for one, other in combinations(groups, 2))
    assert all(len(tie) == 1 or any(tie <= group for group in groups) for tie in ties)
    for group in groups:  # nothing is in a group that no chain of ties brings there
        first: set[Hashable] = {next(iter(group))}
        while more := [tie for tie in ties if tie & first and not tie <= first]:
            first.update(*more)
        assert first == group
