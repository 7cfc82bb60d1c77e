"""Decisions about lines in suspense, each by a person, once for a line: the same again gives the first answer."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from market.kernel import clock
from market.kernel.errors import Conflict, Refused
from market.kernel.money import Money, total
from market.ledger import books
from market.parties.access import PAYING, require
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments import queries as money
from market.payments import rules as payment_rules
from market.payments.actions.payouts import check_releasable
from market.payments.bank import queries, rules
from market.payments.bank.models import Decided, Decision, Instruction, Line
from market.payments.models import Charge, Payout
from market.payments.rules import own_account
from market.trail import journal

REFUND_WITHIN = timedelta(days=3)  # what goes back is sent within three days of the decision
Kind = Decision.Kind


@transaction.atomic
def attach(*, lines: Sequence[Line], charge: Charge, note: str, by: User) -> Decision:
    """The money of one line, or of several together, pays the charge exactly; or is what was confirmed by hand before.

    Refused `charge.amount_mismatch`, `charge.currency`, `charge.confirmed`, `charge.cancelled`, `bank.note_missing` when
    somebody else than the payer paid and nobody says why that is in order, `bank.mixed`, `bank.not_waiting`; Conflict
    `bank.decided`. Writes `bank.decided`.
    """
    rows, agency = _locked(lines, by)
    found = _again(rows, Kind.ATTACH, charge=charge)
    if found is not None:
        return found
    received = _received(rows, note)
    charge = _own_charge(agency, charge)
    decision = _decide(rows, agency, Kind.ATTACH, by, charge=charge, note=note)
    suspense = own_account("suspense", agency.code, received.currency)
    if charge.state == Charge.State.CONFIRMED and not _explained(charge, decision):
        payment_rules.check_received(charge.amount, received)
        bank = own_account("bank", agency.code, received.currency)
        _move(received, suspense, bank, decision, "entered by hand before")
    else:
        _enter(rows, charge, received, suspense, by)
    return decision


@transaction.atomic
def accept_surplus(*, lines: Sequence[Line], charge: Charge, note: str, by: User) -> Decision:
    """The money pays the charge, and what is more than due goes back to the payer by a payout that waits for approval.

    Refused as `attach`, and `bank.no_surplus`, `bank.payer_unknown`. Writes `bank.decided`.
    """
    rows, agency = _locked(lines, by)
    found = _again(rows, Kind.SURPLUS, charge=charge)
    if found is not None:
        return found
    received = _received(rows, note)
    charge = _own_charge(agency, charge)
    if received.currency == charge.currency and received <= charge.amount:
        raise Refused("bank.no_surplus", due=charge.amount, received=received)
    payee = _payer(rows[0])
    decision = _decide(rows, agency, Kind.SURPLUS, by, charge=charge, note=note)
    suspense = own_account("suspense", agency.code, received.currency)
    if received.currency != charge.currency:
        payment_rules.check_received(charge.amount, received)
    _enter(rows, charge, charge.amount, suspense, by)
    _send_back(decision, received - charge.amount, payee, agency)
    return decision


@transaction.atomic
def refund(*, line: Line, note: str, by: User) -> Decision:
    """The money goes back to the party it came from, by a payout that waits for its approval like every other.

    Refused `bank.payer_unknown` when it came from no party of the market: then send it back at the bank, and set the
    debit off against it (`offset`). Writes `bank.decided`.
    """
    rows, agency = _locked([line], by)
    found = _again(rows, Kind.REFUND)
    if found is not None:
        return found
    (line,) = rows
    _credits_only(rows)
    payee = _payer(line)
    decision = _decide(rows, agency, Kind.REFUND, by, note=note)
    _send_back(decision, line.amount, payee, agency)
    return decision


@transaction.atomic
def book_own(*, line: Line, note: str, by: User) -> Decision:
    """The bank's own entry: a fee it took, or interest it paid, to the agency's account for these.

    Refused `bank.note_missing`, `bank.not_the_banks` for money that names a charge or payout, or came from an account.
    Writes `bank.decided`.
    """
    rows, agency = _locked([line], by)
    found = _again(rows, Kind.BOOK)
    if found is not None:
        return found
    (line,) = rows
    if not note.strip():
        raise Refused("bank.note_missing")
    named = bool(line.charge_id or line.payout_id)
    if not rules.may_be_the_banks(credit=line.credit, named=named, account=line.other_account):
        raise Refused("bank.not_the_banks")
    account = own_account("interest" if line.credit else "bankfees", agency.code, line.currency)
    decision = _decide(rows, agency, Kind.BOOK, by, account=account, note=note)
    if line.credit:
        _move(line.amount, own_account("suspense", agency.code, line.currency), account, decision, note)
    else:
        _move(line.amount, account, own_account("unexplained", agency.code, line.currency), decision, note)
    return decision


@transaction.atomic
def offset(*, line: Line, other: Line, note: str, by: User) -> Decision:
    """Two lines cancel each other: the bank took back what had come in, or it was sent back at the bank by hand.

    Refused `bank.note_missing`, `bank.no_offset` unless one came in, the other went out, and they are of one amount.
    Writes `bank.decided`.
    """
    rows, agency = _locked([line, other], by)
    found = _again(rows, Kind.OFFSET)
    if found is not None:
        return found
    if not note.strip():
        raise Refused("bank.note_missing")
    if len(rows) != 2 or rows[0].credit == rows[1].credit or rows[0].amount != rows[1].amount:
        raise Refused("bank.no_offset")
    amount = rows[0].amount
    decision = _decide(rows, agency, Kind.OFFSET, by, note=note)
    came, went = (own_account(family, agency.code, amount.currency) for family in ("suspense", "unexplained"))
    _move(amount, came, went, decision, note)
    return decision


@transaction.atomic
def name_payout(*, line: Line, payout: Payout, note: str, by: User) -> Decision:
    """What went out is this payout: approved, and sent at the bank by `by` or in a payment file; or entered by hand before.

    Refused `bank.payout_amount`, and as `check_releasable`.
    Writes `bank.decided`.
    """
    rows, agency = _locked([line], by)
    found = _again(rows, Kind.PAYOUT, payout=payout)
    if found is not None:
        return found
    (line,) = rows
    payout = Payout.objects.select_for_update(of=("self",)).select_related("payee", "agency").get(pk=payout.pk)
    if line.credit or payout.agency_id != agency.pk or payout.amount != line.amount:
        raise Refused("bank.payout_amount", line=line.amount, payout=payout.amount)
    decision = _decide(rows, agency, Kind.PAYOUT, by, payout=payout, note=note)
    unexplained = own_account("unexplained", agency.code, line.currency)
    if payout.state == Payout.State.SENT and not _explained(payout, decision):
        bank = own_account("bank", agency.code, line.currency)
        _move(line.amount, bank, unexplained, decision, "entered by hand before")
        return decision
    written = Instruction.objects.filter(payout=payout, live=True).select_related("file__released_by").first()
    sender = written.file.released_by if written else by
    if written is None:
        check_releasable(payout, by)
    payments.leave(
        payout=payout,
        bank_reference=rules.usable_number(line.number, line.code),
        on=line.booked_on,
        by=sender,
        sent_to=written.account if written else money.payee_account(payout),
        credit=unexplained,
    )
    return decision


def _locked(lines: Sequence[Line], by: User) -> tuple[list[Line], Party]:
    """The lines as they are now, locked, and their agency, for whom `by` must be entitled to pay."""
    numbers = {line.pk for line in lines}
    found = Line.objects.filter(pk__in=numbers).select_for_update(of=("self",)).order_by("pk")
    rows = list(found.select_related("account__agency", "charge__payer"))
    agencies = {row.account.agency for row in rows}
    if len(agencies) != 1:
        raise Refused("bank.mixed")
    (agency,) = agencies
    require(by, agency, PAYING)
    return rows, agency


def _again(
    rows: Sequence[Line], kind: str, *, charge: Charge | None = None, payout: Payout | None = None
) -> Decision | None:
    """The decision there is, when it is the same; None when there is none. Refused `bank.not_waiting` for matched lines,
    Conflict `bank.decided` when something else was decided of any of them."""
    if any(not row.reason for row in rows):
        raise Refused("bank.not_waiting")
    earlier = (
        Decided.objects.filter(line__in=rows)
        .select_related("decision__by", "decision__charge", "decision__payout", "line")
        .first()
    )
    if earlier is None:
        return None
    decision = earlier.decision
    same = (decision.kind, decision.charge, decision.payout) == (kind, charge, payout)
    if same and set(decision.parts.values_list("line_id", flat=True)) == {row.pk for row in rows}:
        return decision
    raise Conflict("bank.decided", by=str(decision.by), kind=decision.get_kind_display(), line=earlier.line.code)


def _received(rows: Sequence[Line], note: str) -> Money:
    """What the lines come to. Refused `bank.mixed`, and `bank.note_missing` for a third party's money."""
    _credits_only(rows)
    if any(row.reason == Line.Reason.THIRD_PARTY for row in rows) and not note.strip():
        raise Refused("bank.note_missing")
    return total([row.amount for row in rows], rows[0].currency)


def _credits_only(rows: Sequence[Line]) -> None:
    if len({row.currency for row in rows}) != 1 or not all(row.credit for row in rows):
        raise Refused("bank.mixed")


def _own_charge(agency: Party, charge: Charge) -> Charge:
    """The charge as it is now, locked; the agency's own."""
    locked = Charge.objects.select_for_update(of=("self",)).select_related("payer", "agency")
    return locked.get(pk=charge.pk, agency=agency)


def _explained(row: Charge | Payout, decision: Decision) -> bool:
    """Whether a line, or another decision, has shown already how the bank had it."""
    return row.bank_lines.filter(reason="").exists() or row.bank_decisions.exclude(pk=decision.pk).exists()


def _decide(
    rows: Sequence[Line],
    agency: Party,
    kind: str,
    by: User,
    *,
    charge: Charge | None = None,
    payout: Payout | None = None,
    account: str = "",
    note: str = "",
) -> Decision:
    decision = Decision.objects.create(
        agency=agency, kind=kind, charge=charge, payout=payout, account=account, note=note.strip()[:300], by=by
    )
    Decided.objects.bulk_create(Decided(decision=decision, line=row) for row in rows)
    journal.record(
        "bank.decided",
        subject=decision.ref,
        actor=by.ref,
        decision=kind,
        lines=[row.code for row in rows],
        amount=total([row.amount for row in rows if row.credit == rows[0].credit], rows[0].currency).wire(),
        charge=charge.code if charge else "",
        payout=payout.code if payout else "",
        note=decision.note,
    )
    return decision


def _enter(rows: Sequence[Line], charge: Charge, amount: Money, suspense: str, by: User) -> None:
    """Confirm the charge out of suspense, under the first line's number, on the day the last of the money came."""
    if charge.state == Charge.State.CONFIRMED:
        raise Refused(
            "charge.confirmed", reference=charge.reference, number=charge.bank_reference, on=charge.received_on
        )
    number = rules.usable_number(rows[0].number, rows[0].code)
    on = max(row.booked_on for row in rows)
    payments.enter(charge=charge, received=amount, bank_reference=number, on=on, by=by, debit=suspense)


def _payer(line: Line) -> Party:
    payee = queries.payer_of(line)
    if payee is None:
        raise Refused("bank.payer_unknown", name=line.name)
    return payee


def _send_back(decision: Decision, amount: Money, payee: Party, agency: Party) -> None:
    owed = own_account("payable", payee.code, amount.currency)
    _move(amount, own_account("suspense", agency.code, amount.currency), owed, decision, "goes back to the payer")
    due_at = clock.now() + REFUND_WITHIN
    ref = f"{decision.ref}:back"
    payments.pay_out(Payout.Purpose.REFUND, ref, decision.ref, payee, agency, owed, amount, due_at)


def _move(amount: Money, debit: str, credit: str, decision: Decision, memo: str) -> None:
    books.transfer(amount, debit=debit, credit=credit, ref=f"{decision.ref}:moved", memo=memo[:200])
