"""Payment files: approved payouts of one account are released together by a second person, once each; or withdrawn."""

from collections.abc import Sequence
from hashlib import sha256

from django.db import transaction

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import total
from market.kernel.states import move
from market.parties.access import PAYING, require
from market.parties.models import User
from market.payments import queries as money
from market.payments.actions.payouts import check_releasable
from market.payments.bank import pain
from market.payments.bank.models import BankAccount, Instruction, PaymentFile
from market.payments.models import Payout
from market.trail import journal

MOST = 500  # payouts of one file


@transaction.atomic
def release(*, account: BankAccount, payouts: Sequence[Payout], by: User) -> PaymentFile:
    """Write approved payouts into a payment file of `account`, bound to payees, accounts and amounts as approved.

    By none of those who approved them. The same payouts again: the same file. Refused `bank.no_payouts`, `bank.in_file`,
    `bank.file_currency`, `payout.goes_online`, and as `check_releasable`. Writes `bank.file_released`.
    """
    require(by, account.agency, PAYING)
    own = Payout.objects.filter(pk__in=[one.pk for one in payouts], agency=account.agency)
    rows = list(own.select_for_update(of=("self",)).select_related("payee", "agency").order_by("pk"))
    if not rows or len(rows) > MOST:
        raise Refused("bank.no_payouts", limit=MOST)
    before = _released(rows, account)
    if before is not None:
        return before
    for payout in rows:
        _check(payout, account, by)
    file = PaymentFile(account=account, currency=account.currency, released_by=by, released_at=clock.now())
    file.amount_minor, file.count = total([payout.amount for payout in rows], account.currency).minor, len(rows)
    file.content = _content(file, rows)
    file.sha256 = sha256(file.content.encode()).hexdigest()
    file.save(force_insert=True)
    Instruction.objects.bulk_create(
        Instruction(
            file=file,
            payout=payout,
            name=payout.payee.name,
            account=money.payee_account(payout),
            approval_sha256=payout.approval_sha256,
        )
        for payout in rows
    )
    journal.record(
        "bank.file_released",
        subject=file.ref,
        actor=by.ref,
        payouts=[payout.code for payout in rows],
        amount=file.amount.wire(),
        sha256=file.sha256,
    )
    return file


def _released(rows: Sequence[Payout], account: BankAccount) -> PaymentFile | None:
    """The live file that holds exactly these payouts. Refused `bank.in_file` when one is in another."""
    live = Instruction.objects.filter(payout__in=rows, live=True).select_related("file").order_by("pk")
    files = {one.file for one in live}
    if not files:
        return None
    file = files.pop()
    if files or file.account_id != account.pk or file.count != len(rows) or len(live) != len(rows):
        raise Refused("bank.in_file", payout=live[0].payout.code, file=file.code)
    return file


def _check(payout: Payout, account: BankAccount, by: User) -> None:
    way = check_releasable(payout, by)
    if not way.is_bank:
        raise Refused("payout.goes_online", way=way.text)
    if payout.currency != account.currency:
        raise Refused("bank.file_currency", payout=payout.amount, account=str(account))


def _content(file: PaymentFile, rows: Sequence[Payout]) -> str:
    account = file.account
    payer = pain.Side(account.agency.name, account.bank, account.number, account.bic)
    transfers = [
        pain.Transfer(
            payout.code,
            payout.amount,
            pain.Side(payout.payee.name, payout.payee.bank_name, payout.payee.bank_account),
            f"{payout.code} {payout.get_purpose_display()}",
        )
        for payout in rows
    ]
    return pain.order(file.code, at=file.released_at, payer=payer, currency=account.currency, transfers=transfers)


@transaction.atomic
def withdraw(*, file: PaymentFile, note: str, by: User) -> PaymentFile:
    """The bank did not and will not carry the file out: what of it is not sent may go into another one.

    Again: nothing more. Refused `bank.note_missing`. Writes `bank.file_withdrawn`.
    """
    require(by, file.account.agency, PAYING)
    file = PaymentFile.objects.select_for_update(of=("self",)).select_related("account__agency").get(pk=file.pk)
    if file.state == PaymentFile.State.VOID:
        return file
    if not note.strip():
        raise Refused("bank.note_missing")
    move(file, PaymentFile.State.VOID, note=note.strip()[:300], voided_by=by, voided_at=clock.now())
    file.instructions.exclude(payout__state=Payout.State.SENT).update(live=False)
    journal.record("bank.file_withdrawn", subject=file.ref, actor=by.ref, note=file.note)
    return file
