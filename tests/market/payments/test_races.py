"""Two people of the agency do the same at the same moment: it happens once."""

from fractions import Fraction

import pytest

from market.deals.models import Deal
from market.kernel.errors import Refused
from market.ledger import queries as ledger
from market.parties.models import Party, User
from market.payments import actions
from market.payments.models import Charge, Payout
from market.trail.models import Fact
from tests import people
from tests import stage as threads
from tests.market.payments import stage
from tests.market.payments.stage import yuan

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
RUNNERS = 8


@pytest.fixture
def agency_(transactional_db: None) -> Party:
    return people.changchun_agency()


@pytest.fixture
def sun(agency_: Party) -> User:
    return User.objects.get(username="finance_sun")


@pytest.fixture
def anne_(transactional_db: None) -> Party:
    return people.enterprise("anne", "安妮", "长春光电科技有限公司", 11)


def test_a_charge_asked_for_by_many_is_one(anne_: Party, agency_: Party) -> None:
    answers = threads.race(RUNNERS, lambda _: stage.ask_deposit("B-ANNE", anne_, agency_))
    assert {answer.pk for answer in answers} == {Charge.objects.get().pk}
    assert Fact.objects.filter(name="charge.requested").count() == 1


def test_a_payment_confirmed_by_many_counts_once(anne_: Party, agency_: Party, sun: User) -> None:
    charge = stage.ask_deposit("B-ANNE", anne_, agency_)
    answers = threads.race(RUNNERS, lambda _: stage.confirm(charge, sun))
    assert all(isinstance(answer, Charge) for answer in answers)
    assert stage.standing()["deposit:B-ANNE"] == stage.DEPOSIT
    assert Fact.objects.filter(name="charge.confirmed").count() == 1


def test_one_transaction_number_claimed_for_many_charges_pays_one(anne_: Party, agency_: Party, sun: User) -> None:
    charges = [stage.ask_deposit(f"B-{number}", anne_, agency_) for number in range(RUNNERS)]
    answers = threads.race(RUNNERS, lambda number: stage.confirm(charges[number], sun, bank_reference="TX0001"))
    assert sum(isinstance(answer, Charge) for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, Refused)} == {"payment.number_taken"}
    assert stage.standing()[f"bank:{agency_.code}"] == stage.DEPOSIT


def test_the_last_two_payouts_sent_together_close_the_deal(anne_: Party, agency_: Party, sun: User) -> None:
    jida = people.jilin_university()
    carol = people.enterprise("carol", "卡罗", "四平农业装备有限公司", 13)
    stage.deposit("B-ANNE", anne_, agency_, sun, amount=yuan(105))
    deal = stage.deal(jida, anne_, agency_, price=yuan(100), co_owners={carol: Fraction(1, 3)})
    actions.apply_deposit("B-ANNE", actor="system:x")
    settlement = actions.prepare_settlement(stage.walk(deal, "title_passed"), actor="system:x")
    posted = threads.race(RUNNERS, lambda _: actions.post_settlement(settlement=settlement, by=sun))
    assert {answer.state for answer in posted} == {"posted"}
    payouts = [stage.approved(row) for row in Payout.objects.filter(subject=deal.ref)]
    assert len(payouts) == 3
    answers = threads.race(6, lambda number: stage.send(payouts[number % 3], sun))
    assert all(isinstance(answer, Payout) for answer in answers)
    assert Deal.objects.get().state == "closed"
    assert stage.standing() == {}
    assert ledger.differences(ledger.trial_balance()) == []
