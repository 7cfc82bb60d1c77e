"""Whatever holds a lot up, and whenever its bidders renew their deposits or do not: no bid counts that no deposit backs."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from auctions import engine, handlers
from auctions.deposits import actions
from auctions.deposits import rules as deposit_rules
from auctions.engine import batch
from auctions.models import Bid, Bidder, Lot
from market.kernel import clock
from market.ledger import books
from market.ledger.models import Hold
from market.payments.models import DepositOutcome, Payout
from market.trail.models import Fact
from tests import people
from tests.auctions import factory
from tests.auctions.deposits import paid
from tests.effort import WHOLE
from tests.market.payments.test_machines import Machine

pytestmark = [pytest.mark.django_db, pytest.mark.proof]
HOURS = st.sampled_from([1, 20, 30, 60])


class Eligibility(Machine):
    """A lot under rules that hold deposits for two days after its end, and two bidders; time goes on, and may be lost."""

    def __init__(self) -> None:
        super().__init__()
        self.block._from_testcase = True  # type: ignore[attr-defined]  # the hammer's transaction is one of its own
        self.at = clock.now()
        sale = factory.sale(self.agency, deposit_days=2)
        self.lot = factory.lot(people.jilin_university(), self.agency, of_sale=sale, ends_in=timedelta(hours=40))
        self.bidders = [paid.bidder(self.lot, party) for party in (self.anne, people.bob_co())]

    def at_last(self) -> None:
        """Held up for longer than a deposit lasts, a bid is tried, time goes on, and the hammer falls."""
        for act in (lambda: self.hold_up(60), lambda: self.bid(0), lambda: self.wait(60), self.close):
            act()
            self.nobody_may_bid_when_the_hold_ends()
            self.every_deposit_ends_once_and_whole()

    def fresh(self) -> Lot:
        self.lot.refresh_from_db()
        return self.lot

    @rule(hours=HOURS)
    def wait(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        with clock.shifted_to(self.at):
            books.expire_due()
            for fact in Fact.objects.filter(name="hold.expired"):
                handlers.on_hold_expired(fact)

    @rule(hours=HOURS)
    def hold_up(self, hours: int) -> None:
        lot = self.fresh()
        if lot.state in Lot.BIDDING:
            Lot.objects.filter(pk=lot.pk).update(ends_at=max(lot.ends_at, self.at) + timedelta(hours=hours))

    @rule(who=st.integers(0, 1))
    def renew(self, who: int) -> None:
        row = Bidder.objects.get(pk=self.bidders[who].pk)
        with clock.shifted_to(self.at):
            said = self.told(lambda: actions.renew(bidder=row, by=row.user))
        assert said == ("" if row.deposit == "held" and self.fresh().state in Lot.BIDDING else "deposit.not_held")

    @rule(who=st.integers(0, 1))
    def bid(self, who: int) -> None:
        lot, row = self.fresh(), Bidder.objects.get(pk=self.bidders[who].pk)
        amount = 1_000_000 if lot.price is None else lot.price.minor // 100 + 20_000
        with clock.shifted_to(self.at):
            answer = factory.bid(row, amount)
        if answer.accepted:
            hold = Hold.objects.filter(debit__code=f"deposit:{row.code}").latest("pk")
            assert not hasattr(hold, "void")
            assert hold.expires_at > self.fresh().ends_at > self.at
        elif answer.code == "bid.deposit_ends":
            assert row.eligible_until <= lot.ends_at

    @rule()
    def close(self) -> None:
        lot = self.fresh()
        self.at = max(self.at, lot.ends_at + timedelta(seconds=1))
        with clock.shifted_to(self.at):
            engine.close_due()
        assert self.fresh().state in Lot.OVER

    @invariant()
    def nobody_may_bid_when_the_hold_ends(self) -> None:
        for row in Bidder.objects.filter(lot=self.lot, deposit="held"):
            hold = Hold.objects.filter(debit__code=f"deposit:{row.code}").latest("pk")
            assert row.eligible_until < hold.expires_at

    @invariant()
    def every_deposit_ends_once_and_whole(self) -> None:
        over = self.fresh().state in Lot.OVER
        for row in Bidder.objects.filter(lot=self.lot):
            account = f"deposit:{row.code}"
            ends = [*DepositOutcome.objects.filter(hold__debit__code=account).values_list("kind", flat=True)]
            back = Payout.objects.filter(subject=row.ref, purpose="refund").count()
            assert (ends, back) == ((["released"], 1) if row.deposit == "released" else ([], 0))
            assert not over or row.deposit in {"released", "applied"}
            assert books.balance(account).minor == (0 if row.deposit == "applied" else self.lot.deposit_minor)
        assert over or not Bid.objects.filter(lot=self.lot, code="").exists() or self.lot.leader_id is not None


def play(lives: int, *, phases: tuple[Phase, ...] = tuple(Phase)) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Eligibility,
        settings=settings(
            max_examples=lives,
            stateful_step_count=15,
            deadline=None,
            phases=phases,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


@pytest.mark.parametrize("lives", [1, pytest.param(1, id="postgresql", marks=pytest.mark.postgres)])
def test_no_bid_counts_that_no_deposit_backs(lives: int) -> None:
    play(100 if WHOLE else lives)


@pytest.mark.skipif(not WHOLE, reason="a slip is looked for in `deploy/test proofs`")
@pytest.mark.parametrize("slip", ["anybody bids", "a hold is no longer than the right to bid"])
def test_a_slip_is_caught(slip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if slip == "anybody bids":
        monkeypatch.setattr(batch, "covers", lambda *_: True)
    else:
        monkeypatch.setattr(deposit_rules, "WITHDRAWN_BEFORE", timedelta(0))
    with pytest.raises(BaseException):  # noqa: B017, PT011  # whatever it is that catches it
        play(20, phases=(Phase.generate,))
