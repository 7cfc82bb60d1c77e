"""Money changes its currency at a rate on record, and only so."""

from contextlib import suppress
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import EXPONENTS, Money
from market.kernel.words import sentence
from market.ledger import books, fx, queries, rules
from market.ledger.models import Account, Rate, Transfer
from tests.guards import guards_down

ON = date(2026, 10, 9)


def rate(value: str = "7.1055", base: str = "USD", quote: str = "CNY") -> Rate:
    return fx.note_rate(base=base, quote=quote, value=Fraction(value), on=ON, source="中国外汇交易中心", by="user:1")


@pytest.mark.parametrize(
    ("given_", "base", "quote", "value", "got"),
    [
        ("100.00 USD", "USD", "CNY", "7.1055", "710.55 CNY"),
        ("710.55 CNY", "USD", "CNY", "7.1055", "100.00 USD"),
        ("1000 JPY", "JPY", "CNY", "0.048651", "48.65 CNY"),
        ("0.01 CNY", "KWD", "CNY", "20", "0.001 KWD"),
        ("0.05 USD", "USD", "EUR", "0.9", "0.05 EUR"),
        ("0.05 USD", "USD", "EUR", "0.8999", "0.04 EUR"),
    ],
)
def test_an_amount_is_rounded_once_half_up(given_: str, base: str, quote: str, value: str, got: str) -> None:
    plain, currency = given_.split()
    amount = rules.converted(Money.parse(plain, currency), base=base, quote=quote, value=Fraction(value))
    assert str(amount) == got


@given(
    minor=st.integers(1, 10**12),
    pair=st.permutations(sorted(EXPONENTS)),
    value=st.fractions(Fraction(1, 10**6), 10**6),
)
def test_what_comes_out_is_within_half_a_unit(minor: int, pair: list[str], value: Fraction) -> None:
    base, quote = pair[:2]
    got = Money.zero(quote)
    with suppress(Refused):  # nothing comes out
        got = rules.converted(Money(minor, base), base=base, quote=quote, value=value)
    exact = Fraction(minor, 10 ** EXPONENTS[base]) * value * 10 ** EXPONENTS[quote]
    assert -Fraction(1, 2) < got.minor - exact <= Fraction(1, 2)


@pytest.fixture
def dollars(db: None) -> None:
    """100 dollars wait for P-2."""
    books.transfer(Money(10000, "USD"), debit="bank:USD", credit="suspense:USD", ref="in", memo="")


def change(minor: int = 10000, currency: str = "USD", at: Rate | None = None) -> Money:
    return fx.exchange(
        Money(minor, currency), rate=at or rate(), debit="suspense:USD", credit="payable:P-2", ref="fx", memo=""
    )


@pytest.mark.postgres
def test_an_exchange_is_two_transfers_that_name_the_rate(dollars: None) -> None:
    assert change() == change() == Money(71055, "CNY")
    rows = Transfer.objects.exclude(rate=None).order_by("pk").select_related("debit", "credit", "rate")
    assert [(row.ref, str(row.amount), row.debit.code, row.credit.code, row.rate) for row in rows] == [
        ("fx:1", "100.00 USD", "suspense:USD", "fx:USD", rate()),
        ("fx:2", "710.55 CNY", "fx:CNY", "payable:P-2", rate()),
    ]
    assert queries.differences(queries.trial_balance()) == []


def test_it_happens_whole_or_not_at_all(dollars: None) -> None:
    with pytest.raises(Refused, match=r"ledger\.overdrawn"):
        change(10001)
    assert Transfer.objects.count() == 1
    for amount, at, code in (
        (Money(5, "EUR"), rate(), "currency"),
        (Money(1, "USD"), rate("0.001", "USD", "JPY"), "nothing"),
    ):
        with pytest.raises(Refused) as caught:
            change(amount.minor, amount.currency, at)
        assert caught.value.code == f"exchange.{code}"
        assert sentence(caught.value)


@pytest.mark.postgres
@pytest.mark.parametrize("touches", [True, False], ids=["fx without a rate", "a rate without fx"])
def test_the_database_refuses_an_exchange_without_its_rate(dollars: None, touches: bool) -> None:
    books.account("fx:USD", "USD")
    debit = Account.objects.get(code="suspense:USD")
    credit = Account.objects.get(code="fx:USD" if touches else "bank:USD")
    columns = {"ref": "x", "debit": debit, "credit": credit, "amount_minor": 1, "currency": "USD", "memo": ""}
    with pytest.raises(IntegrityError, match="at a rate"), transaction.atomic():
        Transfer.objects.create(**columns, rate=None if touches else rate())


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE ledger_transfer SET amount_minor = 71054 WHERE ref = 'fx:2'",
        "DELETE FROM ledger_transfer WHERE ref = 'fx:2'",
        "UPDATE ledger_transfer SET rate_id = NULL WHERE ref = 'fx:1'",
        "UPDATE ledger_rate SET numerator = numerator + 1",
    ],
)
def test_the_audit_finds_an_exchange_at_another_rate(dollars: None, forgery: str) -> None:
    change()
    with guards_down():
        connection.cursor().execute(forgery)
    assert "exchange.otherwise" in {one.code for one in queries.differences(queries.trial_balance())}


@pytest.mark.parametrize(
    ("code", "other"),
    [
        ("rate.noted", {"value": Fraction("7.2")}),
        ("rate.same_currency", {"quote": "USD"}),
        ("rate.source", {"source": " "}),
        ("rate.ahead", {"on": clock.today() + timedelta(days=1)}),
        ("rate.range", {"value": Fraction(0)}),
        ("rate.range", {"value": Fraction(1, 10**18)}),
    ],
)
def test_a_rate_is_dated_sourced_and_noted_once(db: None, code: str, other: dict[str, object]) -> None:
    noted = rate()
    assert rate() == noted
    call = {"base": "USD", "quote": "CNY", "value": noted.value, "on": ON, "source": noted.source, "by": "user:1"}
    with pytest.raises(Refused) as caught:
        fx.note_rate(**(call | other))  # type: ignore[arg-type]
    assert caught.value.code == code
    assert sentence(caught.value)
    assert list(Rate.objects.all()) == [noted]
