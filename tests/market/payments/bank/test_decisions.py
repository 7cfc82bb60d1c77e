"""What stands in suspense is decided by a person, once: attached, sent back, booked, set off, or named as a payout."""

from collections.abc import Callable

import pytest

from market.kernel.money import Money
from market.ledger import books
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.bank import actions, queries
from market.payments.bank.models import Decision, Line
from market.payments.models import Charge, Payout
from tests.market.payments import stage as money
from tests.market.payments.bank import stage
from tests.market.payments.bank.stage import Moved, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def charge(agency: Party, anne_co: Party, finance_sun: User) -> Charge:
    """A deposit Anne owes, on an account the desk knows."""
    stage.account(agency, finance_sun)
    return money.ask_deposit("B-ANNE", anne_co, agency)


@pytest.fixture
def arrive(agency: Party, finance_sun: User) -> Callable[..., list[Line]]:
    """arrive(entries): take in a statement of them; its lines."""
    return lambda *entries: list(stage.statement(agency, finance_sun, *entries).statements.get().lines.order_by("pk"))


def refused(code: str, act: Callable[[], object]) -> None:
    money.refused(code, act)
    assert not Decision.objects.exists()


def test_two_parts_that_make_the_sum_pay_the_charge(charge, arrive, agency, finance_sun):
    parts = arrive(paid(charge, 40_000_00, number="TX0001"), paid(charge, 60_000_00, number="TX0002"))
    assert queries.beside(parts[0]) == parts[1:]
    refused("charge.amount_mismatch", lambda: actions.attach(lines=parts[:1], charge=charge, note="", by=finance_sun))
    decision = actions.attach(lines=parts, charge=charge, note="", by=finance_sun)
    charge.refresh_from_db()
    assert (charge.state, charge.bank_reference) == ("confirmed", "TX0001")
    assert actions.attach(lines=parts[::-1], charge=charge, note="again", by=finance_sun) == decision
    assert money.standing() == {f"bank:{agency.code}": money.DEPOSIT, "deposit:B-ANNE": money.DEPOSIT}
    stage.accounted(agency)


def test_too_much_pays_the_charge_and_the_surplus_goes_back_by_a_payout(charge, arrive, agency, anne_co, finance_sun):
    (line,) = arrive(paid(charge, 100_250_00))
    decision = actions.accept_surplus(lines=[line], charge=charge, note="", by=finance_sun)
    payout = Payout.objects.get()
    assert (payout.payee, payout.amount, payout.state, payout.subject) == (
        anne_co,
        money.yuan(250),
        "due",
        decision.ref,
    )
    assert actions.accept_surplus(lines=[line], charge=charge, note="", by=finance_sun) == decision
    assert money.standing()[f"payable:{anne_co.code}"] == money.yuan(250)
    stage.accounted(agency)
    money.send(money.approved(payout), finance_sun)
    assert money.standing() == {f"bank:{agency.code}": money.DEPOSIT, "deposit:B-ANNE": money.DEPOSIT}
    stage.accounted(agency)


def test_no_surplus_is_sent_back_of_what_is_not_too_much(charge, arrive, finance_sun):
    lines = arrive(paid(charge, 1))
    refused("bank.no_surplus", lambda: actions.accept_surplus(lines=lines, charge=charge, note="", by=finance_sun))


def test_money_goes_back_to_the_party_it_came_from_and_to_nobody_else(charge, arrive, agency, mallory_co, finance_sun):
    by_another, by_nobody = arrive(paid(charge, name=mallory_co.name), paid(charge, name="某不知名公司"))
    refused("bank.payer_unknown", lambda: actions.refund(line=by_nobody, note="", by=finance_sun))
    actions.refund(line=by_another, note="third party", by=finance_sun)
    assert Payout.objects.get().payee == mallory_co
    stage.accounted(agency)


def test_a_third_party_s_money_is_attached_only_with_a_reason(charge, arrive, agency, mallory_co, finance_sun):
    lines = arrive(paid(charge, name=mallory_co.name))
    refused("bank.note_missing", lambda: actions.attach(lines=lines, charge=charge, note=" ", by=finance_sun))
    actions.attach(lines=lines, charge=charge, note="Parent company, letter of 2026-11-20", by=finance_sun)
    charge.refresh_from_db()
    assert charge.state == "confirmed"
    stage.accounted(agency)


def test_the_bank_s_own_entries_go_to_accounts_of_their_own(charge, arrive, agency, finance_sun):
    fee, interest, somebody = arrive(Moved(-1550, "手续费"), Moved(4200, "利息"), paid(charge, 700))
    refused("bank.note_missing", lambda: actions.book_own(line=fee, note="", by=finance_sun))
    refused("bank.not_the_banks", lambda: actions.book_own(line=somebody, note="fee", by=finance_sun))
    for line in (fee, interest):
        actions.book_own(line=line, note="as the bank's tariff says", by=finance_sun)
    assert books.balance(f"bankfees:{agency.code}") == Money(1550, "CNY")
    assert books.balance(f"interest:{agency.code}") == Money(4200, "CNY")
    stage.accounted(agency)


def test_what_came_and_went_again_cancels_out(charge, arrive, agency, finance_sun):
    came, went, other = arrive(Moved(9900, "错汇"), Moved(-9900, "冲正", reversal=True), Moved(-1, "x"))
    assert queries.opposite(came) == [went]
    refused("bank.no_offset", lambda: actions.offset(line=came, other=other, note="x", by=finance_sun))
    refused("bank.no_offset", lambda: actions.offset(line=came, other=came, note="x", by=finance_sun))
    decision = actions.offset(line=came, other=went, note="taken back", by=finance_sun)
    assert actions.offset(line=went, other=came, note="taken back", by=finance_sun) == decision
    assert money.standing() == {f"bank:{agency.code}": Money(-1, "CNY"), f"unexplained:{agency.code}": Money(1, "CNY")}
    stage.accounted(agency)


def test_what_was_confirmed_by_hand_under_another_number_is_not_in_the_books_twice(charge, arrive, agency, finance_sun):
    money.confirm(charge, finance_sun, bank_reference="TYPED0001")
    lines = arrive(paid(charge, number="TX0001"))
    assert lines[0].reason == "duplicate"
    stage.accounted(agency)
    actions.attach(lines=lines, charge=charge, note="", by=finance_sun)
    assert books.balance(f"bank:{agency.code}") == money.DEPOSIT
    stage.accounted(agency)
    (again,) = arrive(paid(charge, number="TX0002"))
    money.refused("charge.confirmed", lambda: actions.attach(lines=[again], charge=charge, note="", by=finance_sun))


@pytest.fixture
def payout(charge: Charge, agency: Party, anne_co: Party, arrive: Callable[..., list[Line]]) -> Payout:
    """Anne's deposit on its way back, approved by the agency's owner."""
    arrive(paid(charge))
    return money.approved(_released(charge, agency, anne_co))


def _released(charge: Charge, agency: Party, payee: Party) -> Payout:
    payments.hold_deposit("B-ANNE", origin=money.ORIGIN, amount=charge.amount, actor="system:test")
    return payments.release_deposit("B-ANNE", payee=payee, agency=agency, actor="system:test")


def test_a_payout_made_at_the_bank_by_hand_is_named_by_a_second_person(payout, arrive, agency, zhou_min, finance_sun):
    (line,) = arrive(Moved(-100_000_00, "退保证金", "OUT001"))
    assert (line.reason, queries.payouts_near(line)) == ("no_payout", [payout])
    refused("payout.second_person", lambda: actions.name_payout(line=line, payout=payout, note="", by=zhou_min))
    decision = actions.name_payout(line=line, payout=payout, note="", by=finance_sun)
    assert actions.name_payout(line=line, payout=payout, note="", by=finance_sun) == decision
    payout.refresh_from_db()
    assert (payout.state, payout.bank_reference, payout.sent_by) == ("sent", "OUT001", finance_sun)
    assert money.standing() == {}
    stage.accounted(agency)


def test_a_payout_entered_by_hand_before_is_recognised_by_its_number_or_named(payout, arrive, agency, finance_sun):
    money.send(payout, finance_sun, bank_reference="TYPED0002")
    stage.accounted(agency)
    line, other = arrive(Moved(-100_000_00, "退保证金", "OUT001"), Moved(-1, "x"))
    actions.name_payout(line=line, payout=payout, note="", by=finance_sun)
    refused_with = {"line": other, "payout": payout, "note": "", "by": finance_sun}
    money.refused("bank.payout_amount", lambda: actions.name_payout(**refused_with))
    assert books.balance(f"bank:{agency.code}") == Money(-1, "CNY")
    stage.accounted(agency)


def test_a_second_other_decision_is_refused(charge, arrive, anne_co, finance_sun, zhou_min):
    (line,) = arrive(paid(charge, 1))
    actions.refund(line=line, note="", by=finance_sun)
    caught = money.refused("bank.decided", lambda: actions.attach(lines=[line], charge=charge, note="", by=zhou_min))
    assert caught.status == 409
    (matched,) = arrive(paid(charge))
    money.refused("bank.not_waiting", lambda: actions.refund(line=matched, note="", by=zhou_min))


def test_only_those_who_pay_for_the_agency_decide(charge, arrive, agent_chen):
    (line,) = arrive(paid(charge, 1))
    refused("role.missing", lambda: actions.refund(line=line, note="", by=agent_chen))
