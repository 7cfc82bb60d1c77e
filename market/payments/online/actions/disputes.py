"""Disputes: a payer's bank takes a payment back, and until it is decided or made good that payer is paid nothing."""

from django.db import transaction

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.states import move
from market.parties.access import PAYING, require
from market.parties.models import User
from market.payments.models import Checkout, Dispute
from market.payments.online import rules
from market.payments.online.actions.booking import ACTOR, book
from market.payments.online.values import Dispute as Seen
from market.trail import journal


@transaction.atomic
def heed_dispute(seen: Seen) -> str:
    """Take in a dispute as somebody saw it at Stripe: "unknown" when the payment is none of ours, else where it stands.

    Writes `dispute.inquiry`, `dispute.opened`, `dispute.closed`, `dispute.lost` or `dispute.won`. Older news changes
    nothing.
    """
    checkout = Checkout.objects.select_for_update(of=("self",)).filter(intent=seen.intent).first()
    if checkout is None:
        return "unknown"
    row = Dispute.objects.filter(number=seen.id).first()
    state = seen.state if row is None else rules.later(rules.DISPUTE, row.state, seen.state)
    if row is None:
        row = Dispute.objects.create(
            number=seen.id,
            checkout=checkout,
            state=state,
            reason=seen.reason,
            currency=seen.amount.currency,
            amount_minor=seen.amount.minor,
            fee_minor=seen.fee.minor,
        )
        _tell(row)
    elif state != row.state:
        move(row, state, fee_minor=max(row.fee_minor, seen.fee.minor))  # an inquiry costs nothing, a dispute does
        _tell(row)
    charge = checkout.charge
    book(
        rules.dispute_entries(
            f"dispute:{row.code}",
            state,
            agency=charge.agency.code,
            payer=charge.payer.code,
            amount=row.amount,
            fee=row.fee,
            memo=f"{charge.reference} {row.number}",
        )
    )
    return state


@transaction.atomic
def release_dispute(*, dispute: Dispute, remark: str, by: User) -> Dispute:
    """A lost dispute has been made good, as `remark` says: its payer may be paid again. Again: nothing more.

    Refused `dispute.open` while it is not decided, `dispute.remark_missing`. Writes `dispute.released`.
    """
    charge, remark = dispute.checkout.charge, remark.strip()
    require(by, charge.agency, PAYING)
    dispute = Dispute.objects.select_for_update(of=("self",)).get(pk=dispute.pk)
    if dispute.released_at is not None:
        return dispute
    if dispute.state != Dispute.State.LOST:
        raise Refused("dispute.open", number=dispute.number)
    if not remark:
        raise Refused("dispute.remark_missing")
    dispute.released_by, dispute.released_at, dispute.remark = by, clock.now(), remark[:300]
    dispute.save(update_fields=["released_by", "released_at", "remark"])
    audience = [charge.payer.ref, charge.agency.ref]
    journal.record(
        "dispute.released", subject=charge.ref, actor=by.ref, audience=audience, number=dispute.number, remark=remark
    )
    return dispute


def _tell(row: Dispute) -> None:
    charge = row.checkout.charge
    journal.record(
        f"dispute.{row.state}",
        subject=charge.ref,
        actor=ACTOR,
        audience=[charge.agency.ref],
        number=row.number,
        **charge.payer.named("payer"),
        amount=row.amount.wire(),
        reference=charge.reference,
    )
