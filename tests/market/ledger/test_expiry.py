"""A hold that expires cannot be posted from that moment on, and the background frees its money, once."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.ledger import books
from market.ledger.models import Hold, Transfer, Void
from market.trail.models import Fact
from tests import stage

pytestmark = pytest.mark.django_db
FEN = Money(60, "CNY")


@pytest.fixture
def end() -> datetime:
    """60 held until an hour from now, of 100 received."""
    end = clock.now() + timedelta(hours=1)
    books.transfer(Money(100, "CNY"), debit="bank:P-1", credit="deposit:B-1", ref="in", memo="")
    hold(end)
    return end


def hold(end: datetime | None) -> Hold:
    return books.hold(FEN, debit="deposit:B-1", credit="escrow:1", ref="bond", memo="", expires_at=end)


def test_it_is_posted_before_its_end_and_then_never_expires(end: datetime) -> None:
    with clock.shifted_to(end - timedelta(seconds=1)):
        books.post("bond")
    with clock.shifted_to(end):
        assert books.expire_due() == 0
        assert books.post("bond").amount == FEN


def test_from_its_end_on_it_is_not_posted(end: datetime) -> None:
    with clock.shifted_to(end):
        with pytest.raises(Refused) as caught:
            books.post("bond")
        assert sentence(caught.value)
        assert caught.value.code == "ledger.hold_expired"
        bond = Hold.objects.get()
        with pytest.raises(IntegrityError, match="open hold"), transaction.atomic():
            Transfer.objects.create(
                hold=bond, ref=bond.ref, debit=bond.debit, credit=bond.credit, amount_minor=60, currency="CNY", memo=""
            )
    assert not Transfer.objects.exclude(hold=None).exists()
    assert books.available("deposit:B-1") == Money(40, "CNY"), "until the background has been here nobody spends it"


def test_the_background_frees_what_has_expired_and_says_so_once(end: datetime) -> None:
    assert books.expire_due() == 0
    with clock.shifted_to(end):
        assert [books.expire_due(), books.expire_due()] == [1, 0]
    assert books.available("deposit:B-1") == Money(100, "CNY")
    (fact,) = Fact.objects.filter(name="hold.expired")
    assert (fact.subject, fact.data["amount"]["amount"]) == ("hold:bond", "0.60")


def test_the_same_hold_has_one_end(end: datetime) -> None:
    assert hold(end) == Hold.objects.get()
    with pytest.raises(Refused, match=r"ledger\.ref_reused"):
        hold(None)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_free_it_once() -> None:
    books.transfer(Money(100, "CNY"), debit="bank:P-1", credit="deposit:B-1", ref="in", memo="")
    hold(clock.now() - timedelta(seconds=1))
    assert sorted(stage.race(4, lambda _: books.expire_due())) == [0, 0, 0, 1]
    assert (Void.objects.count(), Fact.objects.filter(name="hold.expired").count()) == (1, 1)
