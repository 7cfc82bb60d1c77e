"""Two people of a party keep an appraisal at the same moment: one version follows another. Needs real row locks."""

from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import QuerySet

from market.kernel.errors import Conflict
from market.listings.models import Listing
from tests import assets, people, stage
from tests.market.listings import shelf
from tests.valuation.test_appraisals import keep
from valuation import actions
from valuation.models import Appraisal

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def listing(monkeypatch: pytest.MonkeyPatch) -> Listing:
    """吉林大学's patent; whoever has worked out its value waits for the other to be as far."""
    worked = actions.work

    def together(**terms: Any) -> Any:
        found = worked(**terms)
        stage.meet()
        return found

    monkeypatch.setattr(actions, "work", together)
    return shelf.offer(assets.right(people.jilin_university()))


def test_two_next_versions_at_once_are_one_and_a_refusal(listing: Listing) -> None:
    assert connection.vendor == "postgresql"
    first = keep(listing)
    kept = stage.race(2, lambda _number: keep(listing, follows=first, key=uuid4()))
    assert sorted(type(one).__name__ for one in kept) == ["Appraisal", "Conflict"]
    assert Appraisal.objects.get(follows=first).version == 2


def test_one_key_at_once_is_one_appraisal(listing: Listing) -> None:
    kept = stage.race(2, lambda _number: keep(listing, key=UUID(int=7)))
    assert kept[0] == kept[1] == Appraisal.objects.get()


def test_without_the_lock_the_table_alone_refuses_and_nobody_is_told_why(listing: Listing) -> None:
    """The race the lock is for: both have seen no other, and the slower falls on the table's constraint."""
    with patch.object(QuerySet, "select_for_update", lambda self, **options: self):
        kept = stage.race(2, lambda _number: keep(listing, key=UUID(int=7)))
    assert any(isinstance(one, IntegrityError) for one in kept)
    assert not any(isinstance(one, Conflict) for one in kept)


def test_the_database_keeps_what_was_kept(listing: Listing) -> None:
    kept = keep(listing)
    for statement in ("UPDATE valuation_appraisal SET value_minor = 1", "DELETE FROM valuation_appraisal"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Appraisal.objects.get().value == kept.value
