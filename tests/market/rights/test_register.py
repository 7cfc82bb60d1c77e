"""The register is what its entries say: folded to any day, never changed, and the same as the rows show today."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.models import Party, User
from market.rights import actions, passing, queries
from market.rights.models import Event, Right
from market.rights.rules.register import ENDS, MOVES, Entry, Register, fold
from tests import assets

FILED, GRANTED = date(2019, 2, 8), date(2021, 1, 15)
JIDA = [["P-JIDA", "吉林大学", 1, 1]]
LIFE = [
    Entry("filing", FILED, {"state": "pending", "owners": JIDA, "expires_on": "2039-02-07"}),
    Entry("grant", GRANTED, {"state": "granted", "owners": JIDA, "expires_on": "2039-02-07"}),
    Entry("pledge", date(2022, 1, 1), {"burden": 1, "in_favour_of": "吉林银行", "number": "Y1", "until": "2023-01-01"}),
    Entry("licence", date(2022, 3, 1), {"burden": 2, "in_favour_of": "一汽", "until": "2022-12-31", "grade": "sole"}),
    Entry("pledge_release", date(2024, 5, 1), {"burden": 1}),
    Entry("transfer", date(2024, 6, 1), {"owners": [["P-A", "安妮", 1, 3], ["P-B", "包博", 2, 3]]}),
    Entry("lapse", date(2025, 2, 8), {"state": "lapsed"}),
    Entry("restoration", date(2025, 9, 1), {"state": "granted"}),
    Entry("change", date(2026, 1, 5), {"expires_on": "2041-02-07"}),
]


@pytest.mark.parametrize(
    ("day", "state", "owners", "burdens", "expires_on"),
    [
        (FILED - timedelta(days=1), "", [], [], None),
        (FILED, "pending", ["吉林大学"], [], date(2039, 2, 7)),
        (GRANTED, "granted", ["吉林大学"], [], date(2039, 2, 7)),
        (date(2022, 12, 31), "granted", ["吉林大学"], ["pledge", "licence"], date(2039, 2, 7)),
        (date(2024, 4, 30), "granted", ["吉林大学"], ["pledge"], date(2039, 2, 7)),  # until it is deleted
        (date(2024, 5, 1), "granted", ["吉林大学"], [], date(2039, 2, 7)),
        (date(2024, 6, 1), "granted", ["包博", "安妮"], [], date(2039, 2, 7)),
        (date(2025, 8, 31), "lapsed", ["包博", "安妮"], [], date(2039, 2, 7)),
        (date(2026, 1, 5), "granted", ["包博", "安妮"], [], date(2041, 2, 7)),
    ],
)
def test_the_register_is_read_as_of_any_day(
    day: date, state: str, owners: list[str], burdens: list[str], expires_on: date | None
) -> None:
    seen = fold(LIFE, day)
    assert (seen.state, [owner.name for owner in seen.owners]) == (state, owners)
    assert ([burden.kind for burden in seen.burdens], seen.expires_on) == (burdens, expires_on)


@given(st.integers(0, len(LIFE)), st.dates(date(2018, 1, 1), date(2030, 1, 1)))
def test_what_is_entered_later_changes_nothing_before_its_day(count: int, day: date) -> None:
    known = [entry for entry in LIFE[:count] if entry.on <= day]
    assert fold(LIFE[:count], day) == fold(known, day)
    assert fold([], day) == Register()


def test_every_entry_the_fold_knows_is_one_the_register_has() -> None:
    assert {*ENDS, *ENDS.values(), *MOVES.values()} <= set(Event.Kind.values)


@pytest.mark.django_db
def test_the_life_of_a_right_is_entered_and_says_what_the_rows_show(jida: Party, anne_co: Party, li_wei: User) -> None:
    right, today = assets.right(jida), clock.today()
    pledge = actions.add_encumbrance(
        right, kind="pledge", in_favour_of="吉林银行", number="Y1", since=date(2024, 1, 1), by=li_wei
    )
    actions.release_encumbrance(pledge, on=date(2025, 1, 1), by=li_wei)
    passing.pass_title(right, seller=jida, to=anne_co, on=today, source="filing:F-1", actor="system:test")
    actions.set_state(right, Right.State.LAPSED, source="年费公告", actor="system:test")
    kinds = [event.kind for event in Event.objects.order_by("pk")]
    assert kinds == ["filing", "grant", "pledge", "pledge_release", "transfer", "lapse"]
    assert queries.register_of(right, date(2019, 2, 7)).state == ""
    then = queries.register_of(right, date(2024, 6, 1))
    assert (then.state, [owner.code for owner in then.owners]) == ("granted", [jida.code])
    assert [(burden.kind, burden.in_favour_of) for burden in then.burdens] == [("pledge", "吉林银行")]
    now, row = queries.register_of(right, today), Right.objects.get(pk=right.pk)
    assert (now.state, now.expires_on, now.burdens) == (row.state, row.expires_on, ())
    assert [(owner.code, owner.share) for owner in now.owners] == [(anne_co.code, Fraction(1))]


@pytest.mark.django_db
def test_a_burden_does_not_end_before_it_began(jida: Party, li_wei: User) -> None:
    right = assets.right(jida)
    pledge = actions.add_encumbrance(
        right, kind="pledge", in_favour_of="吉林银行", number="Y1", since=date(2024, 1, 2), by=li_wei
    )
    with pytest.raises(Refused) as refused:
        actions.release_encumbrance(pledge, on=date(2024, 1, 1), by=li_wei)
    assert (refused.value.code, refused.value.facts["earliest"]) == ("encumbrance.too_early", date(2024, 1, 2))
    pledge.refresh_from_db()
    assert pledge.released_on is None
    assert not Event.objects.filter(kind="pledge_release").exists()
    actions.release_encumbrance(pledge, on=date(2024, 1, 2), by=li_wei)


@pytest.mark.django_db
def test_a_draft_has_no_entries_and_its_declared_burdens_are_entered_with_it(jida: Party, li_wei: User) -> None:
    right = assets.draft_right(jida)
    burden = {"kind": "licence", "in_favour_of": "一汽", "number": "", "since": date(2022, 3, 1), "until": None}
    actions.declare_title(right, owners=[(jida, 1, 1)], burdens=[burden])
    assert not Event.objects.exists()
    actions.verify(right, by=li_wei)
    actions.verify(right, by=li_wei)
    assert [event.kind for event in Event.objects.order_by("pk")] == ["filing", "grant", "licence"]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE rights_event SET source = 'x'", "DELETE FROM rights_event"])
def test_the_database_keeps_every_entry(statement: str, jida: Party) -> None:
    assets.right(jida)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert Event.objects.filter(source="test").count() == 2


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rights_event SET source = 'x'",
        "DELETE FROM rights_event",
        "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE rights_event",
    ],
)
def test_postgresql_keeps_every_entry(statement: str, jida: Party) -> None:
    assets.right(jida)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert Event.objects.filter(source="test").count() == 2
