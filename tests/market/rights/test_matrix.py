"""The matrix of a work's rights: unlisted is reserved, only what the law lets be granted, double grants against an oracle."""

from datetime import date, timedelta
from itertools import combinations, product
from random import Random

import pytest

from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.models import Party, User
from market.rights import actions
from market.rights.rules.granting import ECONOMIC, MORAL, SOFTWARE
from market.rights.rules.grants import EVERYTHING, Atoms, Granted, all_but, only
from market.rights.rules.matrix import check_granted, grantable, granted_rights, granted_twice, matrix
from tests import assets

DAY = date(2026, 1, 1)
PLACES, FIELDS, DEEDS = ("CN", "US"), ("culture",), ("reproduction", "rental", "exhibition", "translation")
MANY, SETS = 25, 36  # 300 pairs in each set: 10,800 cases


def some(dice: Random, names: tuple[str, ...]) -> Atoms:
    """A set that names some of the atoms, or all but some."""
    return Atoms(frozenset(name for name in names if dice.random() < 0.6), dice.random() < 0.2)


def licence(dice: Random) -> Granted:
    """A licence over a work, of any grade, within eight days or open."""
    since = DAY + timedelta(days=dice.randrange(8))
    until = None if dice.random() < 0.3 else since + timedelta(days=dice.randrange(8))
    grade = dice.choice(("exclusive", "sole", "ordinary", ""))
    return Granted("x", grade, since, until, some(dice, PLACES), some(dice, FIELDS), some(dice, DEEDS))


def points(work: str, grant: Granted) -> frozenset[tuple[str, str, str, int]]:
    """The oracle: every right, place, field and day the licence covers, one by one; "elsewhere" is what nobody named."""
    days = range(12) if grant.until is None else range((grant.until - DAY).days + 1)
    inside = product(
        [] if grant.acts.all_but else [deed for deed in grant.acts.named if deed in grantable(work)],
        [place for place in (*PLACES, "elsewhere") if (place in grant.territory.named) is not grant.territory.all_but],
        [field for field in (*FIELDS, "elsewhere") if (field in grant.fields.named) is not grant.fields.all_but],
        [day for day in days if DAY + timedelta(days=day) >= grant.since],
    )
    return frozenset(inside)


@pytest.mark.parametrize("work", ["literary", "software"])
def test_double_grants_are_those_the_walk_over_every_atom_finds(work: str) -> None:
    dice, found = Random(29), 0
    for _ in range(SETS // 2):
        grants = [licence(dice) for _ in range(MANY)]
        held = {id(grant): points(work, grant) for grant in grants}
        wanted = {}
        for one, other in combinations(grants, 2):
            shared = {point[0] for point in held[id(one)] & held[id(other)]}
            if shared and {one.grade, other.grade} & {"exclusive", "sole"}:
                wanted[id(one), id(other)] = shared
        told = granted_twice(work, grants)
        assert {(id(pair.one), id(pair.other)): set(pair.rights) for pair in told} == wanted
        found += len(wanted)
    pairs = SETS // 2 * MANY * (MANY - 1) // 2
    assert 2 * pairs >= 10_000
    assert 200 < found < pairs - 200


def test_what_is_not_named_is_reserved() -> None:
    abroad = Granted("安妮", "exclusive", DAY, None, all_but("CN"), EVERYTHING, only("translation", "filming"))
    ended = Granted("包博", "ordinary", DAY, DAY, acts=only("rental"))
    silent = Granted("卡罗", "ordinary", DAY)
    rows = {row.right: row.grants for row in matrix("literary", [abroad, ended, silent], DAY + timedelta(days=1))}
    assert list(rows) == list(ECONOMIC)
    assert {right for right, grants in rows.items() if grants} == {"translation", "filming"}
    assert granted_rights("literary", EVERYTHING) == granted_rights("literary", all_but("rental")) == frozenset()


@pytest.mark.parametrize(
    ("work", "grade", "acts", "code"),
    [
        ("literary", "exclusive", only(*ECONOMIC), ""),
        ("software", "exclusive", only(*SOFTWARE), ""),
        ("software", "ordinary", only("rental", "exhibition"), "grant.beyond"),
        ("literary", "ordinary", only(MORAL[0]), "grant.beyond"),
        ("literary", "ordinary", only("make"), "grant.beyond"),
        ("literary", "exclusive", EVERYTHING, "grant.unlisted"),
        ("literary", "sole", all_but("rental"), "grant.unlisted"),
        ("literary", "exclusive", only(), "grant.unlisted"),
        ("literary", "", EVERYTHING, ""),  # it grants nothing, and keeps nobody out
    ],
)
def test_only_the_economic_rights_can_be_granted(work: str, grade: str, acts: Atoms, code: str) -> None:
    grant = Granted("x", grade, DAY, acts=acts)
    if not code:
        check_granted(work, grant)
        return
    with pytest.raises(Refused, match=code.replace(".", r"\.")) as refused:
        check_granted(work, grant)
    assert sentence(refused.value)


@pytest.mark.django_db
def test_the_register_enters_no_grant_the_law_does_not_know(jida: Party, li_wei: User) -> None:
    program = assets.right(jida, draft=assets.software_draft())
    said = {"kind": "licence", "in_favour_of": "安妮", "since": DAY, "grade": "exclusive", "by": li_wei}
    with pytest.raises(Refused, match=r"grant\.beyond"):
        actions.add_encumbrance(program, acts=only("exhibition"), **said)
    with pytest.raises(Refused, match=r"grant\.unlisted"):
        actions.add_encumbrance(program, **said)
    assert not program.encumbrances.exists()
    actions.add_encumbrance(program, acts=only("rental"), **said)
    with pytest.raises(Refused, match=r"grant\.overlap"):
        actions.add_encumbrance(program, acts=only("rental", "translation"), **(said | {"in_favour_of": "包博"}))
    actions.add_encumbrance(program, acts=only("translation"), **(said | {"in_favour_of": "包博"}))
    assert program.encumbrances.count() == 2
