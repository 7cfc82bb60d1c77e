"""What every payment action shares: the lock on its row, and a bank's transaction number that counts once."""

from typing import TypeVar

from django.db import IntegrityError, transaction

from market.kernel.errors import Refused
from market.kernel.states import move
from market.payments.models import Charge, Payout, Settlement

Row = TypeVar("Row", Charge, Payout, Settlement)


def locked(row: Row) -> Row:
    """The row as it is now, locked until the transaction ends."""
    return type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)


def move_once(row: Charge | Payout, to: str, number: str, **also: object) -> None:
    """Move the row with its bank transaction number, which counts once for an agency, in or out.

    Refused `payment.number_taken` when another payment has it, also one that gets it at this moment.
    """
    theirs = {"agency": row.agency, "bank_reference": number}
    others: list[Charge | Payout] = [*Charge.objects.filter(**theirs), *Payout.objects.filter(**theirs)]
    for other in others:
        if other != row:
            raise Refused("payment.number_taken", number=number, other=other.code)
    try:
        with transaction.atomic():
            move(row, to, bank_reference=number, **also)
    except IntegrityError as error:
        raise Refused("payment.number_taken", number=number, other="") from error
