"""Approved payouts leave in a file that a second person releases; the statement that shows them marks them as sent."""

import hashlib

import pytest
from lxml import etree

from market.kernel.money import Money
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.bank import actions, queries
from market.payments.bank.models import BankAccount, PaymentFile
from market.payments.bank.pain import NAMESPACE
from market.payments.models import Payout
from tests.market.payments import stage as money
from tests.market.payments.bank import stage
from tests.market.payments.bank.stage import Moved

pytestmark = pytest.mark.django_db
SHAPE = """CstmrCdtTrfInitn GrpHdr MsgId CreDtTm NbOfTxs CtrlSum InitgPty Nm PmtInf PmtInfId PmtMtd BtchBookg NbOfTxs CtrlSum
ReqdExctnDt Dt Dbtr Nm DbtrAcct Id Othr Id Ccy DbtrAgt FinInstnId Nm
CdtTrfTxInf PmtId InstrId EndToEndId Amt InstdAmt CdtrAgt FinInstnId Nm Cdtr Nm CdtrAcct Id Othr Id RmtInf Ustrd
CdtTrfTxInf PmtId InstrId EndToEndId Amt InstdAmt CdtrAgt FinInstnId Nm Cdtr Nm CdtrAcct Id IBAN RmtInf Ustrd""".split()


@pytest.fixture
def account(agency: Party, finance_sun: User) -> BankAccount:
    return stage.account(agency, finance_sun)


def refund_of(code: str, payer: Party, agency: Party, by: User) -> Payout:
    """A deposit that came in and goes back."""
    money.deposit(code, payer, agency, by)
    return payments.release_deposit(code, payee=payer, agency=agency, actor="system:test")


@pytest.fixture
def payouts(agency: Party, anne_co: Party, bob_co: Party, finance_sun: User) -> list[Payout]:
    """Anne's and Bob's deposits on their way back, approved by the agency's owner; Bob has an account abroad."""
    Party.objects.filter(pk=bob_co.pk).update(bank_account="DE21500500009876543210")
    bob_co.refresh_from_db()
    return [money.approved(refund_of(f"B-{one.code}", one, agency, finance_sun)) for one in (anne_co, bob_co)]


def test_a_file_says_what_was_approved_in_the_standard_s_shape(account, payouts, finance_sun):
    file = actions.release(account=account, payouts=payouts, by=finance_sun)
    content = queries.content_of(file)
    root = etree.fromstring(content)
    assert root.tag == f"{{{NAMESPACE}}}Document"
    assert [node.tag.rpartition("}")[2] for node in root.iter("*")][1:] == SHAPE
    said = {
        tag: [node.text for node in root.iter(f"{{{NAMESPACE}}}{tag}")] for tag in ("EndToEndId", "NbOfTxs", "CtrlSum")
    }
    assert said == {
        "EndToEndId": [payout.code for payout in payouts],
        "NbOfTxs": ["2", "2"],
        "CtrlSum": ["200000.00", "200000.00"],
    }
    assert [node.get("Ccy") for node in root.iter(f"{{{NAMESPACE}}}InstdAmt")] == ["CNY", "CNY"]
    assert file.amount == Money(200_000_00, "CNY")
    assert hashlib.sha256(content).hexdigest() == file.sha256


def test_the_same_payouts_again_are_the_same_file_byte_for_byte(account, payouts, finance_sun):
    file = actions.release(account=account, payouts=payouts, by=finance_sun)
    first = queries.content_of(file)
    assert actions.release(account=account, payouts=payouts[::-1], by=finance_sun) == file
    assert queries.content_of(PaymentFile.objects.get()) == first
    money.refused("bank.in_file", lambda: actions.release(account=account, payouts=payouts[:1], by=finance_sun))


def test_only_what_is_approved_leaves_and_by_a_second_person(account, payouts, agency, carol_co, zhou_min, finance_sun):
    due = refund_of("B-CAROL", carol_co, agency, finance_sun)
    money.refused("payout.unapproved", lambda: actions.release(account=account, payouts=[due], by=finance_sun))
    money.refused("payout.second_person", lambda: actions.release(account=account, payouts=payouts, by=zhou_min))
    money.refused("bank.no_payouts", lambda: actions.release(account=account, payouts=[], by=finance_sun))
    dollars = stage.account(agency, finance_sun, "USD")
    money.refused("bank.file_currency", lambda: actions.release(account=dollars, payouts=payouts, by=finance_sun))
    Party.objects.filter(pk=payouts[0].payee_id).update(bank_account="999999999999")
    money.refused("payout.approval_void", lambda: actions.release(account=account, payouts=payouts, by=finance_sun))
    assert not PaymentFile.objects.exists()


def test_an_account_changed_after_the_release_stops_the_file(account, payouts, finance_sun, zhou_min):
    file = actions.release(account=account, payouts=payouts, by=finance_sun)
    Party.objects.filter(pk=payouts[0].payee_id).update(bank_account="999999999999")
    money.refused("bank.file_changed", lambda: queries.content_of(file))
    money.refused("bank.note_missing", lambda: actions.withdraw(file=file, note="", by=finance_sun))
    gone = actions.withdraw(file=file, note="account changed", by=finance_sun)
    assert actions.withdraw(file=file, note="again", by=finance_sun) == gone
    money.refused("bank.file_void", lambda: queries.content_of(gone))
    again = [money.approved(Payout.objects.get(pk=payouts[0].pk), zhou_min), payouts[1]]
    assert actions.release(account=account, payouts=again, by=finance_sun) != file


def test_a_file_whose_bytes_were_touched_is_not_given_out(account, payouts, finance_sun):
    file = actions.release(account=account, payouts=payouts, by=finance_sun)
    PaymentFile.objects.update(content=file.content.replace("100000.00", "100001.00", 1))
    file.refresh_from_db()
    money.refused("bank.file_changed", lambda: queries.content_of(file))


def test_the_statement_s_debits_mark_the_payouts_as_sent(account, payouts, agency, finance_sun):
    file = actions.release(account=account, payouts=payouts, by=finance_sun)
    anne, bob = payouts
    Party.objects.filter(pk=anne.payee_id).update(bank_account="999999999999")  # too late: the bank has carried it out
    sent = [Moved(-anne.amount_minor, "退保证金", "OUT001", end_to_end=anne.code)]
    sent += [Moved(-bob.amount_minor, f"refund {bob.code.replace('-', ' ')}", "OUT002"), Moved(-1, anne.code, "OUT003")]
    stage.statement(agency, finance_sun, *sent)
    anne.refresh_from_db()
    assert (anne.state, anne.bank_reference, anne.sent_by) == ("sent", "OUT001", file.released_by)
    assert anne.sent_to == "招商银行长春分行 431900000000011"
    assert [reason for _, reason in stage.lines()] == ["", "", "duplicate"]
    assert queries.payment_files().get().sent == 2
    stage.accounted(agency)


def test_what_leaves_without_a_file_or_otherwise_is_kept(account, payouts, agency, finance_sun):
    anne, bob = payouts
    actions.release(account=account, payouts=[anne], by=finance_sun)
    lines = [Moved(-anne.amount_minor + 1, anne.code, "OUT001"), Moved(-bob.amount_minor, bob.code, "OUT002")]
    stage.statement(agency, finance_sun, *lines)
    assert [reason for _, reason in stage.lines()] == ["payout_amount", "not_released"]
    assert list(queries.to_release(agency)) == [bob]
    stage.accounted(agency)
