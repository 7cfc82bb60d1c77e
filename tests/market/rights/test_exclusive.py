"""Two exclusive licences over one right: the action refuses what overlaps, and so does the database when nobody looked."""

from datetime import date
from random import Random
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.models import Party, User
from market.rights import actions
from market.rights.models import Encumbrance, Right
from market.rights.queries import exclusive_grants, granted
from market.rights.rules.grants import EVERYTHING, Atoms, all_but, only, overlap
from tests import assets, people, stage
from tests.effort import tries

DAY = date(2026, 1, 1)


def licensed(right: Right, by: User, name: str, **more: Any) -> Encumbrance:
    terms = {"kind": "licence", "in_favour_of": name, "since": DAY, "grade": "exclusive"} | more
    return actions.add_encumbrance(right, by=by, **terms)


@pytest.mark.django_db
def test_the_world_except_china_and_china_are_two_licences_and_a_third_is_refused(jida: Party, li_wei: User) -> None:
    right = assets.right(jida)
    abroad = licensed(right, li_wei, "安妮", territory=all_but("CN"))
    licensed(right, li_wei, "包博", territory=only("CN"), grade="sole")
    licensed(right, li_wei, "卡罗", grade="ordinary")  # the office's register shows it: it is entered
    with pytest.raises(Refused, match=r"^grant\.overlap") as refused:
        licensed(right, li_wei, "马乐", territory=only("CN", "US"), fields=only("energy"))
    assert "安妮" in sentence(refused.value)
    assert right.encumbrances.count() == 3
    kept = Encumbrance.objects.get(pk=abroad.pk)
    assert (kept.territory, kept.fields) == (all_but("CN"), EVERYTHING)
    actions.release_encumbrance(abroad, on=DAY, by=li_wei)
    assert licensed(right, li_wei, "马乐", territory=only("US")).pk
    assert [grant.holder for grant in exclusive_grants(right)] == ["包博", "马乐"]


@pytest.mark.django_db
def test_another_field_or_another_time_leaves_room(jida: Party, li_wei: User) -> None:
    right = assets.right(jida)
    licensed(right, li_wei, "安妮", fields=only("energy"), until=date(2026, 12, 31))
    licensed(right, li_wei, "包博", fields=all_but("energy"))
    licensed(right, li_wei, "卡罗", fields=only("energy"), since=date(2027, 1, 1))
    assert right.encumbrances.count() == 3


@pytest.mark.proof
@pytest.mark.postgres
@pytest.mark.django_db
def test_the_database_refuses_exactly_what_the_rule_calls_an_overlap(jida: Party, li_wei: User) -> None:
    right, dice, refusals = assets.right(jida), Random(4), 0

    def some(*names: str) -> Atoms:
        return Atoms(frozenset(name for name in names if dice.random() < 0.5), dice.random() < 0.5)

    for _ in range(tries(300)):
        first = DAY.replace(month=dice.randint(1, 6))
        row = Encumbrance(right=right, kind="licence", in_favour_of="x", since=first, grade="exclusive")
        row.until = dice.choice([None, first.replace(month=dice.randint(first.month, 12))])
        row.territory, row.fields, row.acts = some("CN", "US"), some("energy"), some("make", "sell")
        free = not any(overlap(granted(row), held) for held in exclusive_grants(right))
        if free:
            row.save()
            if dice.random() < 0.3:
                row.delete()
            continue
        with pytest.raises(IntegrityError, match="exclusive_grants_never_overlap"), transaction.atomic():
            row.save()
        refusals += 1
    assert tries(300) / 6 < refusals < tries(300)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_agencies_license_at_the_same_moment_and_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the row lock both see room (the control); the constraint still lets one licence stand."""
    jida = people.jilin_university()
    right, by = assets.right(jida), people.owner_of(jida)
    saw_room: list[str] = []
    check = actions._check_room

    def together(burden: Encumbrance) -> None:
        check(burden)
        saw_room.append(burden.in_favour_of)
        stage.meet()

    monkeypatch.setattr(actions, "_locked", lambda row: Right.objects.get(pk=row.pk))
    monkeypatch.setattr(actions, "_check_room", together)

    def enter(number: int) -> str:
        try:
            return licensed(right, by, f"licensee {number}").in_favour_of
        except Refused as refused:
            return refused.code

    ended = stage.race(2, enter)
    assert connection.vendor == "postgresql"
    assert len(saw_room) == 2
    assert "grant.overlap" in ended
    assert Encumbrance.objects.get().in_favour_of in ended


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_with_the_row_lock_the_second_agency_reads_who_was_first() -> None:
    jida = people.jilin_university()
    right, by = assets.right(jida), people.owner_of(jida)

    def enter(number: int) -> str:
        try:
            return licensed(right, by, f"licensee {number}").in_favour_of
        except Refused as refused:
            return f"{refused.code} {refused.facts['name']}"

    ended = stage.race(2, enter)
    first = Encumbrance.objects.get().in_favour_of
    assert sorted(ended) == sorted([first, f"grant.overlap {first}"])
