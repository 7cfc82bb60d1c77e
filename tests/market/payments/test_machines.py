"""Whatever people do with deposits and payouts, in whatever order and however often: money goes one way, once, approved."""

from abc import abstractmethod
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.ledger import books, queries
from market.ledger.models import Transfer
from market.parties.models import Membership, Party, User
from market.payments import actions
from market.payments import rules as payment_rules
from market.payments.actions import charges, deposits, payouts
from market.payments.models import DepositOutcome, Payout
from tests import people
from tests.effort import WHOLE, some
from tests.market.payments import stage

pytestmark = [pytest.mark.django_db, pytest.mark.proof]


class Machine(RuleBasedStateMachine):
    """A market in a transaction of its own, which each life rolls back."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.agency: Party = people.changchun_agency()
        self.anne: Party = people.anne_co()
        self.people = [User.objects.get(username=name) for name in ("zhou_min", "finance_sun", "agent_chen")]

    @abstractmethod
    def at_last(self) -> None:
        """What every life ends with, so that no slip waits for a lucky order."""

    def teardown(self) -> None:
        try:
            self.at_last()
            assert queries.differences(queries.trial_balance()) == []
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def told(self, act: Callable[[], Any]) -> str:
        """Do it; the code of the refusal, "" when it was done."""
        try:
            act()
        except Refused as refused:
            return refused.code
        return ""


class Approvals(Machine):
    """Payouts of one account, three people of whom the agent may not pay, and a payee who changes its bank account."""

    def __init__(self) -> None:
        super().__init__()
        self.received = 0
        self.made: list[Payout] = []
        self.approved: dict[int, tuple[int, str]] = {}  # payout -> by whom, to which bank account
        self.sent: dict[int, tuple[int, str, int]] = {}  # payout -> by whom, to which bank account, how much
        self.paying = {0, 1}

    def at_last(self) -> None:
        self.paying = {0, 1}
        for who in self.paying:
            self.write_the_role(who)
        self.draft(1)
        self.draft(2)
        for number in range(len(self.made)):
            self.approve(number, 0, stale=False)
            self.approve(number, 1, stale=False)
        for again in (True, False):
            self.send(0, 0, again)
            self.send(0, 1, again)
        self.what_left_was_approved_by_another_for_this_account()
        self.change_the_payees_account(4)
        for number in range(1, len(self.made)):
            self.send(number, 0, again=True)
            self.send(number, 1, again=True)

    def pick(self, number: int) -> Payout | None:
        return Payout.objects.get(pk=self.made[number % len(self.made)].pk) if self.made else None

    @rule(minor=st.integers(1, 50))
    def draft(self, minor: int) -> None:
        ref, amount = f"draft:{len(self.made)}", Money(minor, "CNY")
        books.transfer(amount, debit=f"bank:{self.agency.code}", credit="deposit:B-1", ref=f"{ref}:in", memo="")
        self.received += minor
        due_at = clock.now() + timedelta(days=1)
        self.made.append(
            actions.pay_out("refund", f"{ref}:out", ref, self.anne, self.agency, "deposit:B-1", amount, due_at)
        )

    @rule(number=st.integers(0, 5), who=st.integers(0, 2), stale=st.booleans())
    def approve(self, number: int, who: int, stale: bool) -> None:
        if (payout := self.pick(number)) is None:
            return
        seen = f"{self.anne.bank_name} {'999' if stale else self.anne.bank_account}"
        said = self.told(
            lambda: actions.approve_payout(payout=payout, account_seen=seen, by=self.people[who]),
        )
        if who not in self.paying:
            assert said == "role.missing"
        elif payout.pk in self.sent:
            assert said == "payout.sent"
        elif stale:
            assert said == "payout.account_changed"
        else:
            assert said == ""
            standing = self.approved.get(payout.pk)
            if standing is None or standing[1] != self.anne.bank_account:
                self.approved[payout.pk] = (who, self.anne.bank_account)

    @rule(number=st.integers(0, 5), who=st.integers(0, 2), again=st.booleans())
    def send(self, number: int, who: int, again: bool) -> None:
        if (payout := self.pick(number)) is None:
            return
        reference = f"OUT-{payout.pk}" if again else f"OUT-{payout.pk}-{Transfer.objects.count()}-{len(self.sent)}"
        said = self.told(lambda: stage.send(payout, self.people[who], bank_reference=reference))
        approved = self.approved.get(payout.pk)
        if who not in self.paying:
            assert said == "role.missing"
        elif payout.pk in self.sent:
            assert said == ("" if payout.bank_reference == reference else "payout.sent")
        elif approved is None:
            assert said == "payout.unapproved"
        elif approved[1] != self.anne.bank_account:
            assert said == "payout.approval_void"
        elif approved[0] == who:
            assert said == "payout.second_person"
        else:
            assert said == ""
            self.sent[payout.pk] = (who, self.anne.bank_account, payout.amount.minor)

    @rule(number=st.integers(1, 3))
    def change_the_payees_account(self, number: int) -> None:
        self.anne.bank_account = f"62220000000000{number}"
        self.anne.save(update_fields=["bank_account"])

    @rule(who=st.integers(0, 1))
    def take_or_give_the_role(self, who: int) -> None:
        self.paying ^= {who}
        self.write_the_role(who)

    def write_the_role(self, who: int) -> None:
        role = (Membership.Role.OWNER, Membership.Role.FINANCE)[who] if who in self.paying else Membership.Role.VIEWER
        Membership.objects.filter(user=self.people[who], party=self.agency).update(role=role)

    @invariant()
    def what_left_was_approved_by_another_for_this_account(self) -> None:
        rows = {row.pk: row for row in Payout.objects.filter(state=Payout.State.SENT)}
        assert rows.keys() == self.sent.keys()
        for pk, (who, account, minor) in self.sent.items():
            row = rows[pk]
            assert row.sent_by == self.people[who] != row.approved_by
            assert (row.sent_to, row.amount.minor) == (f"{self.anne.bank_name} {account}", minor)
        out = {row.ref: row.amount.minor for row in Transfer.objects.filter(debit__code="deposit:B-1")}
        assert out == {row.ref: row.amount.minor for row in rows.values()}
        assert books.balance("deposit:B-1").minor == self.received - sum(out.values())


class Deposits(Machine):
    """Deposits of three bidders: paid short, over, in dollars, twice; held, set off or given back, asked for again and again."""

    BIDDERS = ("B-1", "B-2", "B-3")
    DUE = Money(100, "CNY")

    def __init__(self) -> None:
        super().__init__()
        self.paid: set[str] = set()
        self.held: set[str] = set()
        self.ended: dict[str, str] = {}
        self.back: set[str] = set()
        self.charges = {code: stage.ask_deposit(code, self.anne, self.agency, amount=self.DUE) for code in self.BIDDERS}

    def at_last(self) -> None:
        for code in self.BIDDERS:
            self.pay(code, 100, "CNY")
            self.hold(code)
            for end in (self.win, self.lose) if code == "B-1" else (self.lose, self.win):
                end(code)
            self.refund(code)
            self.each_deposit_is_in_one_place_whole()

    @rule(
        code=st.sampled_from(BIDDERS),
        minor=st.sampled_from([99, 100, 100, 101]),
        currency=st.sampled_from(["CNY", "CNY", "USD"]),
    )
    def pay(self, code: str, minor: int, currency: str) -> None:
        received = Money(minor, currency)
        said = self.told(lambda: stage.confirm(self.charges[code], self.people[1], received=received))
        if code in self.paid:
            assert said == ("" if received == self.DUE else "charge.confirmed")
        elif received == self.DUE:
            assert said == ""
            self.paid.add(code)
        else:
            assert said == ("charge.currency" if currency == "USD" else "charge.amount_mismatch")

    @rule(code=st.sampled_from(BIDDERS), other=st.sampled_from(BIDDERS))
    def pay_by_the_transfer_of_another(self, code: str, other: str) -> None:
        """One line of the bank's statement pays one deposit."""
        if other in self.paid and code != other:
            number = f"IN{self.charges[other].code}"
            said = self.told(lambda: stage.confirm(self.charges[code], self.people[1], bank_reference=number))
            assert said == ("charge.confirmed" if code in self.paid else "payment.number_taken")

    @rule(code=st.sampled_from(BIDDERS))
    def hold(self, code: str) -> None:
        said = self.told(lambda: actions.hold_deposit(code, origin=stage.ORIGIN, amount=self.DUE, actor="system:x"))
        assert said == ("" if code in self.paid else "ledger.overdrawn")
        if not said:
            self.held.add(code)

    @rule(code=st.sampled_from(BIDDERS))
    def win(self, code: str) -> None:
        if code not in self.held:
            return
        said = self.told(lambda: actions.apply_deposit(code, actor="system:x"))
        assert said == ("ledger.hold_ended" if self.ended.get(code) == "released" else "")
        self.ended.setdefault(code, "applied")

    @rule(code=st.sampled_from(BIDDERS))
    def lose(self, code: str) -> None:
        if code not in self.held:
            return
        said = self.told(lambda: actions.release_deposit(code, payee=self.anne, agency=self.agency, actor="system:x"))
        assert said == ("ledger.hold_ended" if self.ended.get(code) == "applied" else "")
        self.ended.setdefault(code, "released")

    @rule(code=st.sampled_from(BIDDERS))
    def refund(self, code: str) -> None:
        payout = Payout.objects.filter(ref=f"bidder:{code}:refund").first()
        assert (payout is not None) == (self.ended.get(code) == "released")
        if payout is not None and code not in self.back:
            stage.approved(payout)
        if payout is not None:
            stage.send(Payout.objects.get(pk=payout.pk), self.people[1])
            self.back.add(code)

    @invariant()
    def each_deposit_is_in_one_place_whole(self) -> None:
        standings = {row.code: row for row in queries.trial_balance()}
        for code in self.BIDDERS:
            row = standings.get(f"deposit:{code}")
            stays = code in self.paid and self.ended.get(code) != "applied" and code not in self.back
            balance = 100 if stays else 0
            assert (row.balance.minor if row else 0) == balance
            assert (row.held.minor if row else 0) == (100 if code in self.held and code not in self.ended else 0)
        escrow = standings.get(f"escrow:{stage.ORIGIN}")
        applied = [code for code, end in self.ended.items() if end == "applied"]
        assert (escrow.balance.minor if escrow else 0) == 100 * len(applied)
        released = {code for code, end in self.ended.items() if end == "released"}
        rows = DepositOutcome.objects.filter(kind="released").values_list("hold__ref", flat=True)
        assert {*rows} == {f"bidder:{code}:bond" for code in released}


def play(machine: type[Machine], lives: int, *, phases: tuple[Phase, ...] = tuple(Phase)) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=lives,
            stateful_step_count=25,
            deadline=None,
            phases=phases,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


@pytest.mark.parametrize("lives", [5, pytest.param(2, id="postgresql", marks=pytest.mark.postgres)])
@pytest.mark.parametrize("machine", [Approvals, Deposits])
def test_money_goes_one_way_once(machine: type[Machine], lives: int) -> None:
    play(machine, 300 if WHOLE else lives)


def nothing(*_: Any, **__: Any) -> None:
    return None


# What a slip would be: the machine that is to catch it, where it is made, and what stands there instead.
MUTANTS: dict[str, tuple[type[Machine], Any, str, Callable[..., Any]]] = {
    "nobody asks for a second person, or an approval": (Approvals, payment_rules, "check_approval", nothing),
    "an approval is of the payout's code alone": (
        Approvals,
        payment_rules,
        "approval_of",
        lambda code, **_: (code * 64)[:64],
    ),
    "anybody of the agency may pay": (Approvals, payouts, "require", nothing),
    "what left is not in the books": (Approvals, payouts, "_pay_from", nothing),
    "a payout is sent again": (Approvals, payouts, "_not_sent", nothing),
    "any sum is the deposit": (Deposits, payment_rules, "check_received", nothing),
    "money that came is not in the books": (Deposits, charges.books, "transfer", nothing),
    "a released deposit stays held": (Deposits, deposits.books, "void_many", nothing),
    "a deposit ends without its outcome": (Deposits, deposits, "end_deposits", nothing),
    "a deposit set off is given back too": (Deposits, deposits.books, "post_many", lambda refs: []),
}


@pytest.mark.parametrize("slip", some(MUTANTS))
def test_a_slip_is_caught(slip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    machine, place, name, instead = MUTANTS[slip]
    monkeypatch.setattr(place, name, instead)
    with pytest.raises(BaseException):  # noqa: B017, PT011  # whatever it is that catches it
        play(machine, 300, phases=(Phase.generate,))
