"""Payouts: money that leaves the agency's account for a party, approved by one person and sent by another."""

from datetime import date, datetime

from django.db import transaction

from market.deals import actions as deals
from market.deals.models import Deal
from market.deals.queries import by_ref as deal_by_ref
from market.kernel import clock
from market.kernel.errors import Conflict, Refused
from market.kernel.money import Money
from market.kernel.states import move
from market.ledger import books
from market.parties.access import PAYING, require
from market.parties.models import Party, User
from market.payments import queries, rules
from market.payments.actions.rows import move_once
from market.payments.models import Payout
from market.payments.online.queries import Way, dispute_holding
from market.payments.online.queries import way as way_of
from market.trail import journal


def pay_out(
    purpose: str,
    ref: str,
    subject: str,
    payee: Party,
    agency: Party,
    account: str,
    amount: Money,
    due_at: datetime,
) -> Payout:
    """Write down that `amount` of the ledger account `account` is to be sent to `payee` by `due_at`, once for `ref`."""
    payout = drafted(purpose, ref, subject, payee, agency, account, amount, due_at)
    payout.save(force_insert=True)
    return payout


def drafted(
    purpose: str,
    ref: str,
    subject: str,
    payee: Party,
    agency: Party,
    account: str,
    amount: Money,
    due_at: datetime,
) -> Payout:
    """The payout that `pay_out` would write, not yet written."""
    return Payout(
        purpose=purpose,
        ref=ref,
        subject=subject,
        payee=payee,
        agency=agency,
        account=account,
        currency=amount.currency,
        amount_minor=amount.minor,
        due_at=due_at,
    )


@transaction.atomic
def approve_payout(*, payout: Payout, account_seen: str, by: User) -> Payout:
    """Release a payout to where it was seen to go (`queries.payee_account`), for a second person to send.

    The same again changes nothing; once payee, account or amount changed, it is approved anew. Conflict
    `payout.account_changed` when the account is no longer the one seen. Refused `payout.sent`, `payout.no_account`,
    `payout.disputed`. Writes `payout.approved`.
    """
    require(by, payout.agency, PAYING)
    payout = _locked(payout)
    _not_sent(payout)
    if account_seen != _way(payout).text:
        raise Conflict("payout.account_changed", payee=str(payout.payee))
    approval = queries.approval_of(payout)
    if payout.approval_sha256 == approval:
        return payout
    move(payout, Payout.State.APPROVED, approved_by=by, approved_at=clock.now(), approval_sha256=approval)
    journal.record(
        "payout.approved",
        subject=payout.subject,
        actor=by.ref,
        audience=[payout.agency.ref],
        code=payout.code,
        **payout.payee.named("payee"),
        amount=payout.amount.wire(),
        approval=approval,
    )
    return payout


@transaction.atomic
def send_payout(*, payout: Payout, bank_reference: str, on: date, by: User) -> Payout:
    """The agency sent the money by bank transfer: it leaves the books; the last of what a deal pays to others closes it.

    Only as it was approved, and not by who approved it. The same again returns the payout. Refused `payment.number`,
    `payment.date_ahead`, `payment.number_taken`, `payout.goes_online`, and as `check_releasable`. Writes `payout.sent`.
    """
    require(by, payout.agency, PAYING)
    number = rules.transaction_number(bank_reference)
    rows = locked_together(payout)
    payout = rows[payout.pk]
    if payout.state == Payout.State.SENT and payout.bank_reference == number:
        return payout
    way = check_releasable(payout, by)
    if not way.is_bank:
        raise Refused("payout.goes_online", way=way.text)
    rules.check_day(on, clock.today())
    left(payout, rows, number, on=on, actor=by.ref, sent_by=by, sent_to=way.text)
    bank = rules.own_account("bank", payout.agency.code, payout.currency)
    _pay_from(payout, bank)
    return payout


@transaction.atomic
def leave(*, payout: Payout, bank_reference: str, on: date, by: User, sent_to: str, credit: str) -> Payout:
    """`send_payout` for an approved payout that the bank's own statement shows: it left to `sent_to` as a second person,
    `by`, released it, whatever changed since, against the ledger account `credit`. Again: the same. Refused
    `payment.number`, `payment.number_taken`, `payout.sent`, `payout.unapproved`, `payout.second_person`."""
    number = rules.transaction_number(bank_reference)
    rows = locked_together(payout)
    payout = rows[payout.pk]
    if payout.state == Payout.State.SENT and payout.bank_reference == number:
        return payout
    _not_sent(payout)
    given = payout.approval_sha256
    rules.check_approval(given, given, approved_by=payout.approved_by_id, by=by.pk)
    left(payout, rows, number, on=on, actor=by.ref, sent_by=by, sent_to=sent_to)
    _pay_from(payout, credit)
    return payout


def _pay_from(payout: Payout, credit: str) -> None:
    """Enter in the books that a payout has left from the account `credit`."""
    memo = f"{payout.purpose} {payout.bank_reference}"
    books.transfer(payout.amount, debit=payout.account, credit=credit, ref=payout.ref, memo=memo)


def locked_together(payout: Payout) -> dict[int, Payout]:
    """The payouts of the payout's subject by pk, locked: the last of them to leave ends what they are for."""
    together = Payout.objects.filter(subject=payout.subject).select_for_update(of=("self",)).order_by("pk")
    return {row.pk: row for row in together.select_related("payee", "agency")}


def check_releasable(payout: Payout, by: User) -> Way:
    """The way an approved payout may leave now, when `by` releases it.

    Refused `payout.sent`, `payout.no_account`, `payout.disputed`, `payout.unapproved`, `payout.approval_void`,
    `payout.second_person`.
    """
    _not_sent(payout)
    way = _way(payout)
    rules.check_approval(
        payout.approval_sha256, queries.approval_of(payout), approved_by=payout.approved_by_id, by=by.pk
    )
    return way


def left(payout: Payout, rows: dict[int, Payout], number: str, *, on: date, actor: str, **also: object) -> None:
    """A payout has left under the transaction `number`; the last of what a deal pays to others closes it. `rows` are the
    locked payouts of its subject; what the books say of it is the caller's. Writes `payout.sent`.
    """
    online = payout.state == Payout.State.RELEASED
    move_once(payout, Payout.State.SENT, number, sent_on=on, **also)
    journal.record(
        "payout.sent",
        subject=payout.subject,
        actor=actor,
        audience=[payout.payee.ref],
        code=payout.code,
        purpose=payout.purpose,
        amount=payout.amount.wire(),
        number=number,
        on=on.isoformat(),
        online=online,
    )
    _close_settled(payout, list(rows.values()), actor)


def _close_settled(payout: Payout, together: list[Payout], actor: str) -> None:
    """Close a settled deal once everybody but the agency was paid: `together` are the payouts of its subject."""
    settled = [row for row in together if row.ref.startswith("settlement:")]
    owed = [row for row in settled if row.purpose not in Payout.OF_THE_AGENCY] or settled
    if payout not in owed or any(row.state != Payout.State.SENT for row in owed):
        return
    deal = deal_by_ref(payout.subject)
    if deal.state == Deal.State.SETTLED:
        deals.close(deal, actor=actor)


def _locked(payout: Payout) -> Payout:
    rows = Payout.objects.select_for_update(of=("self",)).select_related("payee", "agency")
    return rows.get(pk=payout.pk)


def _not_sent(payout: Payout) -> None:
    if payout.state in (Payout.State.RELEASED, Payout.State.SENT, Payout.State.CAME_BACK):
        raise Refused("payout.sent", number=payout.bank_reference or payout.code, on=payout.sent_on or clock.today())


def _way(payout: Payout) -> Way:
    way = way_of(payout)
    if way.is_bank and not payout.payee.bank_account:
        raise Refused("payout.no_account", payee=str(payout.payee))
    if dispute := dispute_holding(payout):
        raise Refused("payout.disputed", payee=str(payout.payee), dispute=dispute.number, amount=dispute.amount)
    return way
