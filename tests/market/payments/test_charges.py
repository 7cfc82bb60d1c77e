"""A charge is asked for once, paid under its reference, confirmed for exactly its sum, or cancelled."""

from collections.abc import Callable

import pytest
from django.http import Http404

from market.kernel.errors import Refused
from market.kernel.money import Money
from market.ledger import books
from market.parties.models import Membership, Party, User
from market.payments import actions, queries, rules
from market.payments.models import Charge
from market.trail.models import Fact
from tests import people
from tests.market.payments import stage
from tests.market.payments.stage import yuan

pytestmark = pytest.mark.django_db


@pytest.fixture
def charge(anne_co: Party, agency: Party) -> Charge:
    """A deposit of ¥100,000 that Anne's company owes."""
    return stage.ask_deposit("B-ANNE", anne_co, agency)


def told(name: str) -> list[list[str]]:
    return list(Fact.objects.filter(name=name).values_list("audience", flat=True))


def test_a_charge_is_asked_for_once_and_its_payer_told(charge: Charge, anne_co: Party, agency: Party) -> None:
    assert stage.ask_deposit("B-ANNE", anne_co, agency) == charge
    assert rules.read_reference(charge.reference) == charge.reference
    assert told("charge.requested") == [[anne_co.ref]]
    fact = Fact.objects.get(name="charge.requested")
    assert fact.data["for"] == "bidder:B-ANNE"
    assert fact.data["amount"] == {"amount": "100000.00", "currency": "CNY"}


def test_asking_again_for_another_sum_is_a_fault(charge: Charge, anne_co: Party, agency: Party) -> None:
    with pytest.raises(AssertionError):
        stage.ask_deposit("B-ANNE", anne_co, agency, amount=yuan(1))


def test_the_payer_reports_its_transfer_and_corrects_it(charge: Charge, anne: User, agency: Party) -> None:
    for number in ("TX 0001", "tx0001", "TX0002"):
        actions.report(charge=charge, bank_reference=number, proof=None, by=anne)
    charge.refresh_from_db()
    assert (charge.state, charge.reported_number, charge.bank_reference) == ("reported", "TX0002", "")
    assert told("charge.reported") == [[agency.ref]] * 2, "the same number again is no news"
    assert books.balance(charge.account) == yuan(0), "a report is not money"


def test_a_report_by_somebody_else_reserves_no_number(
    charge: Charge, anne: User, bob: User, bob_co: Party, agency: Party, finance_sun: User
) -> None:
    """Bob says Anne's transaction was his; the agency, which sees the account, still confirms Anne's."""
    other = stage.ask_deposit("B-BOB", bob_co, agency)
    actions.report(charge=other, bank_reference="TX0001", proof=None, by=bob)
    actions.report(charge=charge, bank_reference="TX0001", proof=None, by=anne)
    assert stage.confirm(charge, finance_sun, bank_reference="TX0001").state == "confirmed"


def test_the_agency_confirms_exactly_what_is_due_and_the_books_know(
    charge: Charge, anne_co: Party, agency: Party, finance_sun: User
) -> None:
    yesterday = people.days_from_today(-1)
    confirmed = stage.confirm(charge, finance_sun, bank_reference="tx 0009", on=yesterday)
    assert (confirmed.state, confirmed.bank_reference, confirmed.confirmed_by) == ("confirmed", "TX0009", finance_sun)
    assert stage.standing() == {f"bank:{agency.code}": stage.DEPOSIT, "deposit:B-ANNE": stage.DEPOSIT}
    assert told("charge.confirmed") == [[anne_co.ref]]


def test_confirming_again_is_the_same_answer_and_no_second_entry(charge: Charge, finance_sun: User) -> None:
    assert stage.confirm(charge, finance_sun) == stage.confirm(charge, finance_sun)
    assert books.balance(charge.account) == stage.DEPOSIT
    assert Fact.objects.filter(name="charge.confirmed").count() == 1


def test_a_sum_that_is_not_the_one_due_is_refused_with_the_gap(charge: Charge, finance_sun: User) -> None:
    short = stage.refused("charge.amount_mismatch", lambda: stage.confirm(charge, finance_sun, received=yuan(99_999)))
    assert (short.facts["gap"], short.facts["short"]) == (yuan(1), True)
    over = stage.refused("charge.amount_mismatch", lambda: stage.confirm(charge, finance_sun, received=yuan(100_005)))
    assert (over.facts["gap"], over.facts["short"]) == (yuan(5), False)
    stage.refused(
        "charge.currency", lambda: stage.confirm(charge, finance_sun, received=Money(stage.DEPOSIT.minor, "USD"))
    )


def test_a_day_to_come_and_a_number_that_is_none_are_refused(charge: Charge, finance_sun: User) -> None:
    tomorrow = people.days_from_today(1)
    stage.refused("payment.date_ahead", lambda: stage.confirm(charge, finance_sun, on=tomorrow))
    stage.refused("payment.number", lambda: stage.confirm(charge, finance_sun, bank_reference="  "))


def test_a_bank_transaction_counts_once_for_an_agency_in_or_out(
    charge: Charge, anne_co: Party, bob_co: Party, agency: Party, finance_sun: User
) -> None:
    stage.confirm(charge, finance_sun, bank_reference="TX0001")
    second = stage.ask_deposit("B-BOB", bob_co, agency)
    caught = stage.refused("payment.number_taken", lambda: stage.confirm(second, finance_sun, bank_reference="tx 0001"))
    assert caught.facts["other"] == charge.code
    actions.hold_deposit("B-ANNE", origin=stage.ORIGIN, amount=stage.DEPOSIT, actor="system:x")
    refund = stage.approved(actions.release_deposit("B-ANNE", payee=anne_co, agency=agency, actor="system:x"))
    stage.refused("payment.number_taken", lambda: stage.send(refund, finance_sun, bank_reference="TX0001"))
    stage.send(refund, finance_sun, bank_reference="TX0002")
    stage.refused("payment.number_taken", lambda: stage.confirm(second, finance_sun, bank_reference="TX0002"))


def test_two_agencies_may_meet_the_same_number(charge: Charge, bob_co: Party, finance_sun: User) -> None:
    owner = people.person("han_mei", "韩梅")
    other = people.party(owner, Party.Kind.AGENCY, "四平知识产权交易所", 31)
    stage.confirm(charge, finance_sun, bank_reference="TX0001")
    second = stage.ask_deposit("B-BOB", bob_co, other)
    assert stage.confirm(second, owner, bank_reference="TX0001").state == "confirmed"


def test_once_received_it_is_neither_paid_nor_cancelled_again(charge: Charge, anne: User, finance_sun: User) -> None:
    actions.report(charge=charge, bank_reference="TX0001", proof=None, by=anne)
    stage.confirm(charge, finance_sun, bank_reference="TX0001")
    stage.refused("charge.confirmed", lambda: stage.confirm(charge, finance_sun, bank_reference="TX0002"))
    stage.refused("charge.confirmed", lambda: actions.cancel(charge=charge, actor="system:x"))
    stage.refused(
        "charge.confirmed", lambda: actions.report(charge=charge, bank_reference="TX0003", proof=None, by=anne)
    )
    stage.refused("charge.confirmed", lambda: actions.not_found(charge=charge, remark="nothing", by=finance_sun))
    assert actions.report(charge=charge, bank_reference="TX0001", proof=None, by=anne).state == "confirmed"


def test_a_cancelled_charge_takes_no_money(charge: Charge, anne: User, anne_co: Party, finance_sun: User) -> None:
    actions.cancel_for("bidder:B-ANNE", actor="system:x")
    actions.cancel_for("bidder:B-ANNE", actor="system:x")
    assert actions.cancel(charge=charge, actor="system:x").state == "cancelled"
    assert told("charge.cancelled") == [[anne_co.ref]]
    stage.refused("charge.cancelled", lambda: stage.confirm(charge, finance_sun))
    stage.refused(
        "charge.cancelled", lambda: actions.report(charge=charge, bank_reference="TX0003", proof=None, by=anne)
    )


def test_a_payment_nobody_finds_is_asked_for_again_with_the_reason(
    charge: Charge, anne: User, anne_co: Party, finance_sun: User
) -> None:
    actions.report(charge=charge, bank_reference="TX0001", proof=None, by=anne)
    stage.refused("charge.remark_missing", lambda: actions.not_found(charge=charge, remark=" ", by=finance_sun))
    for _ in range(2):
        actions.not_found(charge=charge, remark="No such transfer.", by=finance_sun)
    charge.refresh_from_db()
    assert (charge.state, charge.remark) == ("due", "No such transfer.")
    assert told("charge.not_found") == [[anne_co.ref]]
    actions.report(charge=charge, bank_reference="TX0002", proof=None, by=anne)
    charge.refresh_from_db()
    assert (charge.state, charge.remark) == ("reported", "")


def test_only_the_payers_money_people_report_and_only_the_agencys_confirm(
    charge: Charge, anne: User, anne_co: Party, mallory: User, agent_chen: User, finance_sun: User
) -> None:
    reports: dict[User, Callable[[], object]] = {
        user: lambda user=user: actions.report(charge=charge, bank_reference="TX01", proof=None, by=user)
        for user in (mallory, finance_sun)
    }
    for act in (*reports.values(), lambda: stage.confirm(charge, mallory), lambda: stage.confirm(charge, anne)):
        before = stage.snapshot()
        with pytest.raises(Http404):
            act()
        assert stage.snapshot() == before
    stage.refused("role.missing", lambda: stage.confirm(charge, agent_chen))
    viewer = people.person("viewer", "看客")
    people.join(viewer, anne_co, Membership.Role.VIEWER)
    stage.refused("role.missing", lambda: actions.report(charge=charge, bank_reference="TX01", proof=None, by=viewer))


def test_the_agency_finds_a_charge_by_what_stands_on_the_bank_statement(
    charge: Charge, agency: Party, bob_co: Party
) -> None:
    typed = f" {charge.reference[:5].lower()} {charge.reference[5:]} "
    assert queries.charge_with(agency, typed) == charge
    assert queries.charge_with(bob_co, typed) is None
    with pytest.raises(Refused, match=r"charge\.reference"):
        queries.charge_with(agency, "LC00000000")
