"""Any sequence of transfers, holds, postings and voids leaves the books as a plain dictionary would have them."""

from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
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

from market.kernel.errors import Refused
from market.kernel.money import Money
from market.ledger import books, queries

CODES = ("bank:P-1", "deposit:B-1", "deposit:B-2", "escrow:lot:L-1", "payable:P-2", "commission:P-1")
codes = st.sampled_from(CODES)
amounts = st.integers(1, 40)


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
        self.number = 0

    def teardown(self) -> None:
        for code in CODES:
            assert books.balance(code).minor == self.balances[code]
            assert code.startswith("bank") or books.available(code).minor == self.free(code)
        assert queries.differences(queries.trial_balance()) == []  # once: what is written is never taken back
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def free(self, code: str) -> int:
        return self.balances[code] - sum(minor for minor, debit, _ in self.open.values() if debit == code)

    def moved(self, minor: int, debit: str, credit: str) -> None:
        self.balances[debit] += minor if debit.startswith("bank") else -minor
        self.balances[credit] += -minor if credit.startswith("bank") else minor

    def allowed(self, minor: int, debit: str) -> bool:
        return debit.startswith("bank") or self.free(debit) >= minor

    def ask(self, act: Any, minor: int, debit: str, credit: str) -> str | None:
        """Ask the books; the ref when they agreed. They must agree exactly when the model does."""
        self.number += 1
        ref, allowed = f"ref:{self.number}", self.allowed(minor, debit)
        try:
            act(Money(minor, "CNY"), debit=debit, credit=credit, ref=ref, memo="")
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

    @rule(target=holds, minor=amounts, pair=st.permutations(CODES))
    def hold(self, minor: int, pair: list[str]) -> Any:
        ref = self.ask(books.hold, minor, pair[0], pair[1])
        if ref is None:
            return multiple()
        self.open[ref] = (minor, pair[0], pair[1])
        return ref

    @rule(ref=consumes(holds))
    def post(self, ref: str) -> None:
        books.post(ref)
        books.post(ref)
        self.moved(*self.open.pop(ref))
        with pytest.raises(Refused, match=r"ledger\.hold_ended"):
            books.void(ref)

    @rule(ref=consumes(holds))
    def void(self, ref: str) -> None:
        books.void(ref)
        books.void(ref)
        self.open.pop(ref)
        with pytest.raises(Refused, match=r"ledger\.hold_ended"):
            books.post(ref)

    @invariant()
    def the_books_are_the_model(self) -> None:
        standings = queries.trial_balance()
        for row in standings:
            assert row.balance.minor == self.balances[row.code]
            assert row.code.startswith("bank") or row.available.minor == self.free(row.code)
        assert {row.code for row in standings} >= {code for code, minor in self.balances.items() if minor}


@pytest.mark.django_db
def test_the_books_do_what_a_dictionary_would() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Ledger,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )
