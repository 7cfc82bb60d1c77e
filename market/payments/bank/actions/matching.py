"""Matches new lines to the charges and payouts their words name, through the room's own actions."""

from collections.abc import Sequence

from django.db import transaction

from market.kernel.errors import Refused
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.bank import rules
from market.payments.bank.formats.sheet import Entry
from market.payments.bank.models import Instruction, Line
from market.payments.bank.naming import Named, named_by
from market.payments.models import Charge, Payout
from market.payments.rules import own_account


def match(agency: Party, lines: Sequence[Line], entries: Sequence[Entry], *, by: User) -> None:
    """Say of each line, not yet written, what it is about and why it is in suspense; what pays exactly is entered.

    A charge that several of the lines name waits for a person: the statement may show it in parts, or twice.
    """
    named = named_by(agency, lines)
    for line, entry in zip(lines, entries, strict=True):
        if line.credit:
            _receipt(line, entry, named)
        else:
            _payment(line, entry, named)
    repeated = rules.repeated(line.charge_id for line in lines if line.credit)
    for line in lines:
        if line.credit and not line.reason and line.charge:
            line.reason = Line.Reason.TOGETHER if line.charge_id in repeated else _entered(line.charge, line, by)


def _receipt(line: Line, entry: Entry, named: Named) -> None:
    charges = named.charges_of(line)
    line.charge = charges[0] if len(charges) == 1 else None
    owed = [named.owed(charge) for charge in charges]
    line.reason = rules.judge_receipt(entry, owed, named=bool(named.references[line.key]))


def _entered(charge: Charge, line: Line, by: User) -> str:
    """Confirm the charge from the bank; "" when it is, `barred` when the room refuses it now."""
    if charge.state == Charge.State.CONFIRMED:
        return ""
    bank = own_account("bank", charge.agency.code, charge.currency)
    number = rules.usable_number(line.number, line.code)
    try:
        with transaction.atomic():
            payments.enter(
                charge=charge, received=line.amount, bank_reference=number, on=line.booked_on, by=by, debit=bank
            )
    except Refused:
        return Line.Reason.BARRED
    return ""


def _payment(line: Line, entry: Entry, named: Named) -> None:
    payouts = named.payouts_of(line)
    line.payout = payouts[0] if len(payouts) == 1 else None
    line.reason = rules.judge_payment(entry, [named.leaving(payout) for payout in payouts])
    if line.reason or line.payout is None:
        return
    if line.payout.state != Payout.State.SENT:
        line.reason = _left(line.payout, named.instructions[line.payout.pk], line)
    if not line.reason:
        named.left.add(line.payout.pk)


def _left(payout: Payout, instruction: Instruction, line: Line) -> str:
    """Enter that a payout of a payment file has left; "" when it has, `barred` when the room refuses it now."""
    try:
        with transaction.atomic():
            payments.leave(
                payout=payout,
                bank_reference=rules.usable_number(line.number, line.code),
                on=line.booked_on,
                by=instruction.file.released_by,
                sent_to=instruction.account,
                credit=own_account("bank", payout.agency.code, payout.currency),
            )
    except Refused:
        return Line.Reason.BARRED
    return ""
