"""Any sequence of transfers, sets, holds, exchanges and closings leaves the books as a plain dictionary would have them."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from market.kernel import clock
from market.kernel.calendar import Month
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.ledger import books, closings, fx, queries, rules
from market.ledger.books import Leg
from market.ledger.models import Transfer
from tests.effort import WHOLE, some

CODES = ("bank:P-1", "deposit:B-1", "deposit:B-2", "escrow:lot:L-1", "payable:P-2", "commission:P-1")
WEST = "suspense:USD"
codes = st.sampled_from(CODES)
amounts = st.integers(1, 40)
BEGIN = datetime(2026, 6, 20, tzinfo=clock.BEIJING)


class Ledger(RuleBasedStateMachine):
    """The books beside their model: a Counter of balances and a dict of open holds."""

    holds = Bundle("holds")
    done = Bundle("done")

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.balances: Counter[str] = Counter()
        self.open: dict[str, tuple[int, str, str]] = {}
        self.ends: dict[str, datetime] = {}
        self.closed: datetime | None = None
        self.number = 0
        self.time = ExitStack()
        self.now = BEGIN
        self.pass_days(0)
        self.rate = fx.note_rate(
            base="USD", quote="CNY", value=Fraction("7.1055"), on=BEGIN.date(), source="CFETS", by="user:1"
        )

    def teardown(self) -> None:
        try:
            self.pass_days(31)  # whatever has an end has ended now
            self.expire()
            for code in CODES:
                assert books.balance(code).minor == self.balances[code]
                assert code.startswith("bank") or books.available(code).minor == self.free(code)
            assert queries.differences(queries.trial_balance()) == []  # once: what is written is never taken back
        finally:
            self.time.close()
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    @rule(days=st.integers(1, 20))
    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.time.close()
        self.time.enter_context(clock.shifted_to(self.now))

    def free(self, code: str) -> int:
        return self.balances[code] - sum(minor for minor, debit, _ in self.open.values() if debit == code)

    def moved(self, minor: int, debit: str, credit: str) -> None:
        self.balances[debit] += minor if debit.startswith("bank") else -minor
        self.balances[credit] += -minor if credit.startswith("bank") else minor

    def allowed(self, minor: int, debit: str) -> bool:
        return debit.startswith("bank") or self.free(debit) >= minor

    def ask(self, act: Any, minor: int, debit: str, credit: str, **also: Any) -> str | None:
        """Ask the books; the ref when they agreed. They must agree exactly when the model does."""
        self.number += 1
        ref, allowed = f"ref:{self.number}", self.allowed(minor, debit)
        try:
            act(Money(minor, "CNY"), debit=debit, credit=credit, ref=ref, memo="", **also)
        except Refused as refused:
            if refused.code != "ledger.overdrawn" or allowed:
                raise
            return None
        assert allowed
        return ref

    @rule(target=done, minor=amounts, pair=st.permutations(CODES))
    def transfer(self, minor: int, pair: list[str]) -> Any:
        ref = self.ask(books.transfer, minor, pair[0], pair[1])
        if ref is None:
            return multiple()
        self.moved(minor, pair[0], pair[1])
        return ref, minor, pair[0], pair[1]

    @rule(minor=amounts, credit=codes.filter(lambda code: not code.startswith("bank")))
    def receive(self, minor: int, credit: str) -> None:
        self.ask(books.transfer, minor, "bank:P-1", credit)
        self.moved(minor, "bank:P-1", credit)

    @rule(again=done)
    def transfer_again(self, again: tuple[str, int, str, str]) -> None:
        ref, minor, debit, credit = again
        books.transfer(Money(minor, "CNY"), debit=debit, credit=credit, ref=ref, memo="")

    @rule(
        minors=st.lists(amounts, min_size=1, max_size=4), pairs=st.lists(st.permutations(CODES), min_size=4, max_size=4)
    )
    def enter_set(self, minors: list[int], pairs: list[list[str]]) -> None:
        """All or none; in the order of the legs nobody may be short (the database itself looks at the end alone)."""
        legs = [Leg(Money(minor, "CNY"), pair[0], pair[1], "") for minor, pair in zip(minors, pairs, strict=False)]
        before, short = self.balances.copy(), False
        for leg in legs:
            short = short or not self.allowed(leg.amount.minor, leg.debit)
            self.moved(leg.amount.minor, leg.debit, leg.credit)
        if short:
            legs, self.balances = [Leg(Money(10**9, "CNY"), "deposit:B-1", "bank:P-1", ""), *legs], before
        self.number += 1
        try:
            for _ in range(2):
                books.transfer_many(legs, ref=f"set:{self.number}")
        except Refused as refused:
            if refused.code != "ledger.overdrawn" or not short:
                raise
        else:
            assert not short

    @rule(minor=amounts, credit=st.sampled_from(["payable:P-2", "escrow:lot:L-1"]))
    def exchange(self, minor: int, credit: str) -> None:
        self.number += 1
        dollars = Money(minor, "USD")
        books.transfer(dollars, debit="bank:USD", credit=WEST, ref=f"usd:{self.number}", memo="")
        for _ in range(2):
            got = fx.exchange(dollars, rate=self.rate, debit=WEST, credit=credit, ref=f"fx:{self.number}", memo="")
        assert abs(got.minor - minor * self.rate.value) <= Fraction(1, 2)
        self.balances[credit] += got.minor
        self.balances["fx:CNY"] += got.minor
        self.balances["bank:USD"] += minor
        self.balances["fx:USD"] -= minor
        with pytest.raises(Refused, match=r"ledger\.overdrawn"):
            fx.exchange(dollars, rate=self.rate, debit=WEST, credit=credit, ref=f"fx:more:{self.number}", memo="")

    @rule()
    def close(self) -> None:
        month = Month(self.now.date().replace(day=1)).before
        if self.closed is not None and self.closed > month.span[1]:
            return
        self.closed = month.span[1]
        assert closings.close(month, by="user:1") == closings.close(month, by="user:1") == closings.last()

    @rule()
    def reopen(self) -> None:
        if self.closed is not None:
            month = Month((self.closed - timedelta(days=1)).date().replace(day=1))
            self.closed = month.span[0]
            closings.reopen(month, by="user:1", reason="a late statement")

    @rule(days=st.integers(1, 60))
    def date_back(self, days: int) -> None:
        """What is dated into a closed month is refused; elsewhere the clock may have been behind."""
        self.number += 1
        then = self.now - timedelta(days=days)
        receipt = {"debit": "bank:P-1", "credit": "deposit:B-1", "ref": f"late:{self.number}", "memo": ""}
        with clock.shifted_to(then):
            if self.closed is not None and then < self.closed - timedelta(minutes=5):
                with pytest.raises(Refused, match=r"ledger\.closed"):
                    books.transfer(Money(1, "CNY"), **receipt)
            elif self.closed is None or then >= self.closed:
                books.transfer(Money(1, "CNY"), **receipt)
                self.moved(1, "bank:P-1", "deposit:B-1")

    @rule(change=st.sampled_from(["UPDATE ledger_transfer SET memo = 'x'", "DELETE FROM ledger_transfer"]))
    def tamper(self, change: str) -> None:
        if Transfer.objects.exists():
            with pytest.raises(Exception, match="append-only"), transaction.atomic():
                connection.cursor().execute(change)

    @rule(target=holds, minor=amounts, pair=st.permutations(CODES), days=st.none() | st.integers(1, 30))
    def hold(self, minor: int, pair: list[str], days: int | None) -> Any:
        end = None if days is None else self.now + timedelta(days=days)
        ref = self.ask(books.hold, minor, pair[0], pair[1], expires_at=end)
        if ref is None:
            return multiple()
        self.open[ref] = (minor, pair[0], pair[1])
        if end is not None:
            self.ends[ref] = end
        return ref

    def over(self, ref: str) -> bool:
        return ref in self.ends and self.ends[ref] <= self.now

    @rule()
    def expire(self) -> None:
        over = [ref for ref in self.open if self.over(ref)]
        assert books.expire_due() == len(over)
        for ref in over:
            self.open.pop(ref)

    @rule(ref=consumes(holds))
    def post(self, ref: str) -> None:
        if ref not in self.open or self.over(ref):
            with pytest.raises(Refused, match=r"ledger\.hold_(expired|ended)"):
                books.post(ref)
            return
        books.post(ref)
        books.post(ref)
        self.moved(*self.open.pop(ref))
        with pytest.raises(Refused, match=r"ledger\.hold_ended"):
            books.void(ref)

    @rule(ref=consumes(holds))
    def void(self, ref: str) -> None:
        books.void(ref)
        books.void(ref)
        self.open.pop(ref, None)
        with pytest.raises(Refused, match=r"ledger\.hold_ended"):
            books.post(ref)

    @invariant()
    def the_books_are_the_model(self) -> None:
        standings = queries.trial_balance()
        for row in standings:
            assert row.balance.minor == self.balances[row.code]
            assert row.code.startswith("bank") or row.available.minor == self.free(row.code)
        assert {row.code for row in standings} >= {code for code, minor in self.balances.items() if minor}


def play(lives: int, *, phases: tuple[Phase, ...] = tuple(Phase)) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Ledger,
        settings=settings(
            max_examples=lives,
            stateful_step_count=25,
            deadline=None,
            phases=phases,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


@pytest.mark.proof
@pytest.mark.django_db
@pytest.mark.parametrize("lives", [5, pytest.param(2, id="postgresql", marks=pytest.mark.postgres)])
def test_the_books_do_what_a_dictionary_would(lives: int) -> None:
    play(300 if WHOLE else lives)


def nothing(*_: Any, **__: Any) -> None:
    return None


def rounded_down(amount: Money, *, base: str, quote: str, value: Fraction) -> Money:
    return Money(int(amount.minor * value), quote)


# What a slip in the books would be: where it is made, and what stands there instead.
MUTANTS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "the same ref moves money again": (books, "_first", nothing),
    "a set is entered again": (books, "_stand", lambda *_: False),
    "a set skips its last leg": (
        books,
        "_write",
        lambda legs, *rest, write=books._write: write(legs[:-1] or legs, *rest),
    ),
    "nobody asks what is free": (books, "available", lambda code, currency="CNY": Money(10**12, currency)),
    "what is held counts as free": (books, "available", books.balance),
    "an exchange is rounded down": (rules, "converted", rounded_down),
    "an exchange takes without giving": (
        books,
        "transfer",
        lambda *row, enter=books.transfer, **also: None if also["debit"] == "fx:CNY" else enter(*row, **also),
    ),
    "a void frees nothing": (books, "create_many", lambda rows: [*rows]),
    "what has expired is freed as if it were nothing": (books, "expire_due", lambda: 0),
    "closed is not closed": (closings, "_write", lambda *_, **__: None),
    "a closing leaves a balance out": (closings, "_sums", lambda until, sums=closings._sums: sums(until)[1:]),
}


@pytest.mark.proof
@pytest.mark.django_db
@pytest.mark.parametrize("slip", some(MUTANTS))
def test_a_slip_is_caught(slip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*MUTANTS[slip])
    with pytest.raises(BaseException):  # noqa: B017, PT011  # whatever it is that catches it
        play(300, phases=(Phase.generate,))
