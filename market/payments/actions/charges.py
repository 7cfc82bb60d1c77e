"""Charges: a sum is asked for, reported as paid, seen on the account or not, or no longer owed."""

import secrets
from datetime import date, datetime

from django.core.files import File
from django.db import transaction

from market.deals import actions as deals
from market.documents import actions as documents
from market.documents.models import Version
from market.kernel import clock
from market.kernel.errors import Refused, ensure
from market.kernel.ids import ALPHABET
from market.kernel.money import Money
from market.kernel.states import move, move_many
from market.ledger import books
from market.parties.access import PAYING, require
from market.parties.models import Party, User
from market.payments import queries, rules
from market.payments.actions.rows import locked, move_once
from market.payments.models import Charge
from market.trail import journal
from market.trail.models import Fact


def _reference() -> str:
    """A fresh payment reference nobody can misread; 30^7 of them, so the unique column settles a collision."""
    while True:
        made = rules.reference("".join(secrets.choice(ALPHABET) for _ in range(rules.BODY)))
        if made is not None:
            return made


@transaction.atomic
def request(
    *,
    purpose: str,
    subject: str,
    payer: Party,
    agency: Party,
    account: str,
    amount: Money,
    due_at: datetime,
    actor: str,
) -> Charge:
    """Ask `payer` for `amount` on the agency's account, for `subject`, into the ledger account `account`.

    The same purpose and subject again returns the first charge (another amount or payer is a fault). Writes
    `charge.requested`.
    """
    charge, made = Charge.objects.get_or_create(
        purpose=purpose,
        subject=subject,
        defaults={
            "reference": _reference(),
            "payer": payer,
            "agency": agency,
            "account": account,
            "currency": amount.currency,
            "amount_minor": amount.minor,
            "due_at": due_at,
        },
    )
    same = (charge.amount, charge.payer_id, charge.agency_id, charge.account) == (amount, payer.pk, agency.pk, account)
    ensure(same, f"{purpose} of {subject} was asked for otherwise before")
    if made:
        _record("charge.requested", charge, actor, charge.payer, due_at=due_at.isoformat())
    return charge


def _record(name: str, charge: Charge, actor: str, listener: Party, **data: object) -> None:
    journal.record_many([_said(name, charge, actor, listener, **data)])


def _said(name: str, charge: Charge, actor: str, listener: Party, **data: object) -> Fact:
    """A fact about a charge; `for` says what it pays ("bidder:B-…"), for the rooms above."""
    return journal.said(
        name,
        subject=charge.ref,
        actor=actor,
        audience=[listener.ref],
        **{"for": charge.subject},
        code=charge.code,
        purpose=charge.purpose,
        reference=charge.reference,
        amount=charge.amount.wire(),
        **charge.payer.named("payer"),
        **data,
    )


def report(*, charge: Charge, bank_reference: str, proof: File | None, by: User) -> Charge:
    """The payer says it has paid, under which transaction number, perhaps with a proof; a correction replaces it.

    The proof is stored first, in a transaction of its own, because a file may go over the network. Refused
    `payment.number`, `charge.cancelled`, `charge.confirmed`, `file.…`, and `right.blocked` while the rulebook bars what a
    price is for, before any money is on its way. Writes `charge.reported`.
    """
    require(by, charge.payer, PAYING)
    number = rules.transaction_number(bank_reference)
    if proof is None:
        return _report(charge, number, None, by)
    refuse_unpayable(charge)
    stored = documents.store(
        subject=charge.ref,
        kind="proof",
        title=f"付款凭证 Proof of payment {charge.reference}",
        name=proof.name or "",
        content=proof.read(),
        content_type="",
        owner=charge.payer,
        by=by,
        readers=[charge.agency],
    )
    return _report(charge, number, stored, by)


@transaction.atomic
def _report(charge: Charge, number: str, proof: Version | None, by: User) -> Charge:
    charge = locked(charge)
    same = charge.reported_number == number and (proof is None or charge.proof_id == proof.pk)
    if same and charge.state in {Charge.State.REPORTED, Charge.State.CONFIRMED}:
        return charge
    refuse_unpayable(charge)
    also = {} if proof is None else {"proof": proof}
    move(charge, Charge.State.REPORTED, reported_number=number, reported_at=clock.now(), remark="", **also)
    _record("charge.reported", charge, by.ref, charge.agency, number=number)
    return charge


def _still_open(charge: Charge) -> None:
    if charge.state == Charge.State.CANCELLED:
        raise Refused("charge.cancelled", reference=charge.reference)
    if charge.state == Charge.State.CONFIRMED:
        number, on = charge.bank_reference, charge.received_on
        raise Refused("charge.confirmed", reference=charge.reference, number=number, on=on)


def refuse_unpayable(charge: Charge) -> None:
    """Refused `charge.cancelled`, `charge.confirmed`, and `right.blocked` while the rulebook bars what a price is for.

    Once a payment is reported the money is on its way, and its number may be put right whatever bars the deal.
    """
    _still_open(charge)
    if charge.state == Charge.State.DUE and (bars := queries.bars_of(charge)):
        raise Refused("right.blocked", number=queries.deal_of(charge).right.number, blockers=bars)


@transaction.atomic
def not_found(*, charge: Charge, remark: str, by: User) -> Charge:
    """The agency does not see the reported payment on its account: the payer is told why, in `remark`, and looks again.

    Again: nothing more. Refused `charge.remark_missing`, `charge.cancelled`, `charge.confirmed`. Writes
    `charge.not_found`.
    """
    require(by, charge.agency, PAYING)
    remark, charge = remark.strip(), locked(charge)
    if not remark:
        raise Refused("charge.remark_missing")
    _still_open(charge)
    if charge.state == Charge.State.DUE:
        return charge
    move(charge, Charge.State.DUE, remark=remark)
    _record("charge.not_found", charge, by.ref, charge.payer, remark=remark, number=charge.reported_number)
    return charge


@transaction.atomic
def confirm(*, charge: Charge, received: Money, bank_reference: str, on: date, by: User) -> Charge:
    """The agency saw `received` arrive on its account on the day `on`: it enters the books, and a price pays its deal.

    Exactly the amount due: Refused `charge.amount_mismatch` with the gap, `charge.currency`. The same again returns the
    charge. Refused `payment.number`, `payment.date_ahead`, `payment.number_taken`, `charge.confirmed`,
    `charge.cancelled`. Writes `charge.confirmed`.
    """
    require(by, charge.agency, PAYING)
    bank = rules.own_account("bank", charge.agency.code, charge.currency)
    return enter(charge=charge, received=received, bank_reference=bank_reference, on=on, by=by, debit=bank)


@transaction.atomic
def enter(*, charge: Charge, received: Money, bank_reference: str, on: date, by: User, debit: str) -> Charge:
    """`confirm` for money that already stands on the ledger account `debit`, whoever may decide it there."""
    number, charge = rules.transaction_number(bank_reference), locked(charge)
    if (charge.state, charge.bank_reference, charge.amount) == (Charge.State.CONFIRMED, number, received):
        return charge
    _still_open(charge)
    rules.check_received(charge.amount, received)
    rules.check_day(on, clock.today())
    arrived(charge, number, on=on, actor=by.ref, confirmed_by=by)
    books.transfer(
        charge.amount,
        debit=debit,
        credit=charge.account,
        ref=charge.ref,
        memo=f"{charge.reference} {number}",
    )
    return charge


def arrived(charge: Charge, number: str, *, on: date, actor: str, **also: object) -> None:
    """The whole of a charge we hold the lock of has arrived, under the transaction `number`; a price pays its deal.

    What the books say of it is the caller's, who locks them last. Writes `charge.confirmed`.
    """
    move_once(charge, Charge.State.CONFIRMED, number, received_on=on, **also)
    _record("charge.confirmed", charge, actor, charge.payer, number=number, on=on.isoformat())
    if charge.purpose == Charge.Purpose.PRICE:
        deals.mark_paid(queries.deal_of(charge), actor=actor, charge=charge.ref)


@transaction.atomic
def cancel(*, charge: Charge, actor: str) -> Charge:
    """Nothing is owed any more. Again: nothing more. Refused `charge.confirmed` once paid. Writes `charge.cancelled`."""
    charge = locked(charge)
    if charge.state == Charge.State.CANCELLED:
        return charge
    _still_open(charge)
    move(charge, Charge.State.CANCELLED)
    _record("charge.cancelled", charge, actor, charge.payer)
    return charge


@transaction.atomic
def cancel_for(*subjects: str, actor: str) -> None:
    """Cancel what is still asked for any of `subjects` ("bidder:B-…"), but for what is owed after a default; what was paid,
    just now too, stays."""
    unpaid = Charge.objects.filter(subject__in=subjects, state__in=[Charge.State.DUE, Charge.State.REPORTED])
    unpaid = unpaid.exclude(purpose__in=Charge.AFTER_DEFAULT)
    charges = list(unpaid.select_related("payer").select_for_update(of=("self",)).order_by("pk"))
    move_many(charges, Charge.State.CANCELLED)
    journal.record_many(_said("charge.cancelled", charge, actor, charge.payer) for charge in charges)
