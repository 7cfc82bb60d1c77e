"""Whoever asks Stripe may die before, during and after: what was to be done is done exactly once."""

import os
import secrets
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections

from deploy.standin.provider import Provider
from deploy.standin.server import StandIn
from market.kernel import clock
from market.ledger import queries as ledger
from market.ledger.models import Transfer
from market.parties.models import User
from market.payments import actions as payments
from market.payments import stripe_gate
from market.payments.actions.payouts import pay_out
from market.payments.models import Checkout, Connected, Outgoing, Payout
from market.payments.online import actions
from market.payments.online.actions import errands
from market.trail.models import Fact
from tests import people
from tests.market.payments import stage as money
from tests.market.payments.online import stage

CALLS = {"page": "open_checkout", "refund": "refund", "transfer": "transfer"}
HEEDS = {"page": "heed_payment", "refund": "heed_refund", "transfer": "heed_transfer"}
MOMENTS = ("before the call", "after the call", "after the commit")


class Killed(BaseException):
    """The process is gone; nothing catches it."""


def dying(what: str, moment: str, patch: pytest.MonkeyPatch, die: Callable[[], Any]) -> None:
    """Let the process die at that moment of that errand."""

    def before(**asked: Any) -> Any:
        return die()

    def after(act: Callable[..., Any]) -> Callable[..., Any]:
        def done(*args: Any, **asked: Any) -> Any:
            act(*args, **asked)
            return die()

        return done

    if moment == "after the commit":
        patch.setattr(errands, HEEDS[what], after(getattr(errands, HEEDS[what])))
    else:
        call = getattr(stripe_gate, CALLS[what])
        patch.setattr(stripe_gate, CALLS[what], before if moment == "before the call" else after(call))


class Work:
    """One errand of each kind, made anew each time, and what must be there in the end."""

    def __init__(self, stripe: Provider, tell: Callable[[], Any]) -> None:
        self.stripe, self.tell, self.number = stripe, tell, 0
        self.agency, self.anne_co, self.jida = people.changchun_agency(), people.anne_co(), people.jilin_university()
        self.anne, self.sun = people.owner_of(self.anne_co), User.objects.get(username="finance_sun")

    def make(self, what: str) -> str:
        """Write down an errand; its ref."""
        self.number += 1
        code = f"B-{self.number}"
        charge = money.ask_deposit(code, self.anne_co, self.agency)
        if what == "page":
            return actions.start(charge=charge, by=self.anne).ref
        page = stage.opened(charge, self.anne)
        self.stripe.pay(page.session)
        self.tell()
        payments.hold_deposit(code, origin=money.ORIGIN, amount=money.DEPOSIT, actor="system:x")
        payout = payments.release_deposit(code, payee=self.anne_co, agency=self.agency, actor="system:x")
        if what == "transfer":
            self._account()
            args = (self.jida, self.agency, f"deposit:{code}", money.yuan(100), clock.now())
            payout = pay_out("commission", f"x:{self.number}", f"x:{self.number}", *args)
        actions.release_payout(payout=money.approved(payout), by=self.sun)
        return Outgoing.objects.get(payout=payout).ref

    def _account(self) -> None:
        row = actions.connect(party=self.jida, country="HK", by=people.owner_of(self.jida))
        errands.ask(row)
        row.refresh_from_db()
        self.stripe.onboard(row.number)
        self.tell()

    def again(self) -> None:
        """Another worker, some minutes later."""
        with clock.shifted_to(clock.now() + errands.LEASE + timedelta(seconds=1)):
            errands.run_due()

    def done_once(self, what: str, ref: str) -> None:
        """Asked for once at Stripe, once in the books, told once."""
        kind = {"page": "checkout.session"}.get(what, what)
        made = [row for row in self.stripe.all(kind) if row["metadata"].get("ref") == ref]
        assert len(made) == 1, f"{what} {ref}: {len(made)} at Stripe"
        if what == "page":
            assert (Checkout.objects.get(ref=ref).state, Checkout.objects.get(ref=ref).session) == (
                "open",
                made[0]["id"],
            )
            return
        row = Outgoing.objects.select_related("payout").get(ref=ref)
        assert (row.state, row.number, row.payout.state) == ("succeeded", made[0]["id"], "sent")
        assert Transfer.objects.filter(ref=row.payout.ref).count() == 1
        assert Fact.objects.filter(name="payout.sent", data__code=row.payout.code).count() == 1
        assert ledger.differences(ledger.trial_balance()) == []


@pytest.fixture
def work(stripe: Provider, told: Callable[[], Any]) -> Work:
    return Work(stripe, told)


@pytest.mark.django_db
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("what", CALLS)
def test_an_errand_whose_worker_dies_is_done_once(work: Work, what: str, moment: str) -> None:
    def die() -> None:
        raise Killed

    ref = work.make(what)
    with pytest.MonkeyPatch.context() as patch:
        dying(what, moment, patch, die)
        with pytest.raises(Killed):
            errands.run_due()
    errands.run_due()  # at once: it is still somebody's
    work.again()
    work.again()
    work.done_once(what, ref)


@pytest.mark.django_db
def test_with_a_new_key_each_time_it_would_be_done_twice(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: it is the one key, and looking first, that keep a transfer from being made again."""
    act = stripe_gate.transfer
    monkeypatch.setattr(stripe_gate, "transfer_made", lambda ref: None)
    monkeypatch.setattr(
        stripe_gate, "transfer", lambda *, ref, **asked: act(ref=f"{ref}:{secrets.token_hex(4)}", **asked)
    )
    work.make("transfer")
    with pytest.MonkeyPatch.context() as patch:
        dying("transfer", "after the call", patch, lambda: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            errands.run_due()
    work.again()
    assert len(list(work.stripe.all("transfer"))) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["refund", "transfer"])
def test_an_answer_that_is_lost_on_the_way_is_asked_for_again(work: Work, listening: StandIn, what: str) -> None:
    ref, listening.drops = work.make(what), 1
    errands.run_due()
    row = Outgoing.objects.get(ref=ref)
    assert (row.state, row.attempts, bool(row.error)) == ("asked", 1, True)
    assert Payout.objects.get(pk=row.payout_id).state == "released"
    work.stripe.answers.clear()  # and Stripe has forgotten the key
    work.again()
    work.done_once(what, ref)


@pytest.mark.django_db
def test_no_call_is_made_inside_a_transaction(stripe: Provider) -> None:
    from django.db import transaction

    with transaction.atomic(), pytest.raises(AssertionError, match="inside a transaction"):
        stripe_gate.balances()


@pytest.fixture
def by_two_processes(transactional_db: None) -> Iterator[Callable[[Callable[[], None]], int]]:
    """Do something in a child of ours; the signal that ended it."""

    def fork(act: Callable[[], None]) -> int:
        connections.close_all()
        if getattr(connection, "pool", None):
            connection.close_pool()  # type: ignore[attr-defined]
        child = os.fork()
        if child == 0:
            try:
                act()
            finally:
                os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    return fork


@pytest.mark.drill
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("what", CALLS)
def test_a_worker_that_is_killed_five_times_has_done_each_once(
    stripe: Provider, told: Callable[[], Any], by_two_processes: Callable[..., int], what: str, moment: str
) -> None:
    assert django_settings.STRIPE_KEY
    work = Work(stripe, told)
    for _ in range(5):
        ref = work.make(what)

        def killed() -> None:
            with pytest.MonkeyPatch.context() as patch:
                dying(what, moment, patch, lambda: os.kill(os.getpid(), signal.SIGKILL))
                errands.run_due()

        assert by_two_processes(killed) == -signal.SIGKILL
        work.again()
        work.done_once(what, ref)
    assert not Connected.objects.filter(state="asked").exists()
