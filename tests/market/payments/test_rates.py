"""The accountant's last pages: exchange rates entered and taken back, the books of the whole platform, the banks' agreement."""

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.ledger import books, fx
from market.ledger.models import Rate, Withdrawal
from market.parties.models import Party, User
from market.payments.bank.models import BankAccount, Line

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


def test_a_rate_is_entered_and_taken_back_and_stays_on_record(
    finance_sun: User, zhou_min: User, li_wei: User, client_of: ClientOf
) -> None:
    desk, address = client_of(finance_sun), reverse("desk-rates")
    typed = {
        "base": "USD",
        "value": "7.0986",
        "quote": "CNY",
        "on": clock.today().isoformat(),
        "source": "中国外汇交易中心",
    }
    ahead = (clock.today() + timedelta(days=1)).isoformat()
    for wrong in ({"value": "seven"}, {"quote": "USD"}, {"value": "7.1", "on": ahead}):
        assert desk.post(address, typed | wrong).status_code == 422
    for _ in range(2):
        assert desk.post(address, typed).status_code == 302
    rate = Rate.objects.get()
    assert (rate.value, rate.by) == (Fraction("7.0986"), finance_sun.ref)
    assert "1 USD = 7.0986 CNY" in desk.get(address).content.decode()
    assert client_of(li_wei).get(address).status_code == 404
    back = reverse("desk-rate-withdraw", args=[rate.pk])
    assert client_of(zhou_min).post(back, {"reason": "x"}).status_code == 422
    assert desk.post(back, {"reason": ""}).status_code == 422
    for _ in range(2):
        assert desk.post(back, {"reason": "录错一位"}).status_code == 302
    assert "录错一位" in desk.get(address).content.decode()
    sold = {"debit": "bank:USD", "credit": "bank:P-1", "ref": "x", "memo": ""}
    with pytest.raises(Refused, match=r"rate\.withdrawn"):
        fx.exchange(Money(100, "USD"), rate=rate, **sold)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Withdrawal.objects.all().delete()


def test_a_regulator_reads_the_books_of_the_whole_platform(
    regulator: User, zhou_min: User, client_of: ClientOf
) -> None:
    for number in range(3):
        said = {"debit": f"bank:P-{number}", "credit": f"deposit:B-{number}", "ref": f"in:{number}", "memo": ""}
        books.transfer(Money(10_000, "CNY"), **said)
    address = reverse("platform-books")
    page = client_of(regulator).get(address)
    rows = [(family, count, debits.plain()) for family, count, debits, _ in page.context["balance"].rows]
    assert rows == [("bank", 3, "300.00"), ("deposit", 3, "0.00")]
    assert "the books keep their rules" in page.content.decode()
    assert client_of(zhou_min).get(address).status_code == 404


def test_the_audit_fails_when_a_bank_and_the_books_differ(agency: Party) -> None:
    account = BankAccount.objects.create(agency=agency, number="62220001", currency="CNY")
    call_command("audit_books", stdout=StringIO())
    books.transfer(Money(500, "CNY"), debit=f"bank:{agency.code}", credit="deposit:B-1", ref="in", memo="")
    printed = StringIO()
    with pytest.raises(CommandError, match="1 differences"):
        call_command("audit_books", stdout=printed)
    assert f"bank.ledger {agency.code} CNY: 5.00 CNY unaccounted for" in printed.getvalue()
    assert not Line.objects.filter(account=account).exists()
