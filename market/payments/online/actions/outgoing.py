"""Money that leaves through Stripe: an approved payout is released by a second person, refunded or transferred, once."""

from django.db import transaction
from django.db.models import QuerySet

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.states import move
from market.parties.access import PAYING, require
from market.parties.models import User
from market.payments.actions.payouts import check_releasable, left, locked_together, pay_out
from market.payments.models import Outgoing, Payout
from market.payments.online import rules
from market.payments.online.actions.booking import ACTOR, book
from market.payments.online.values import Refund, Transfer
from market.trail import journal


@transaction.atomic
def release_payout(*, payout: Payout, by: User) -> Payout:
    """A second person lets an approved payout go through Stripe, which is asked within seconds. Again: the same.

    Refused `payout.goes_by_bank`, and as `payouts.check_releasable`. Writes `payout.released`.
    """
    require(by, payout.agency, PAYING)
    payout = locked_together(payout)[payout.pk]
    if payout.state == Payout.State.RELEASED:
        return payout
    way = check_releasable(payout, by)
    if way.is_bank:
        raise Refused("payout.goes_by_bank", payee=str(payout.payee))
    move(payout, Payout.State.RELEASED, sent_by=by, sent_to=way.text)
    kind = Outgoing.Kind.REFUND if way.checkout else Outgoing.Kind.TRANSFER
    Outgoing.objects.create(
        ref=f"payout:{payout.code}", kind=kind, payout=payout, checkout=way.checkout, account=way.account
    )
    journal.record(
        "payout.released",
        subject=payout.subject,
        actor=by.ref,
        audience=[payout.agency.ref],
        code=payout.code,
        **payout.payee.named("payee"),
        amount=payout.amount.wire(),
        way=way.text,
    )
    return payout


@transaction.atomic
def heed_refund(seen: Refund) -> str:
    """Take in a refund as somebody saw it at Stripe: "unknown" when it was not ours, else where it stands now.

    Made, it has left [payout.sent]; what the bank sent back is owed again, and a payout by bank waits for two people
    [payout.came_back]. Older news changes nothing.
    """
    return _heed(seen.ref, seen.id, seen.state, seen.reason)


@transaction.atomic
def heed_transfer(seen: Transfer) -> str:
    """Take in a transfer as somebody saw it at Stripe, as `heed_refund`; it is made at once."""
    return _heed(seen.ref, seen.id, "succeeded", "")


@transaction.atomic
def decline(outgoing: Outgoing, reason: str) -> None:
    """Stripe will not do it: the payout waits again to be approved, now by bank [payout.declined]."""
    payout = locked_together(outgoing.payout)[outgoing.payout_id]
    outgoing = Outgoing.objects.select_for_update().get(pk=outgoing.pk)
    if outgoing.state != Outgoing.State.ASKED:
        return
    move(outgoing, Outgoing.State.DECLINED, reason=reason[:300])
    move(payout, Payout.State.DUE, approved_by=None, approved_at=None, approval_sha256="", sent_by=None, sent_to="")
    _tell("payout.declined", payout, reason)


def _heed(ref: str, number: str, seen: str, reason: str) -> str:
    found = _ours().filter(ref=ref).first() if ref else None
    if found is None:
        return "unknown"
    rows = locked_together(found.payout)
    payout, outgoing = rows[found.payout_id], _ours().select_for_update(of=("self",)).get(pk=found.pk)
    state = rules.later(rules.OUTGOING, outgoing.state, seen)
    if state != outgoing.state:
        move(outgoing, state, number=number, reason=reason[:300], error="")
    if state not in (Outgoing.State.ASKED, Outgoing.State.DECLINED) and payout.state == Payout.State.RELEASED:
        left(payout, rows, number, on=clock.today(), actor=ACTOR)
    if state == Outgoing.State.FAILED and payout.state == Payout.State.SENT:
        move(payout, Payout.State.CAME_BACK)
        args = (
            payout.purpose,
            f"{payout.ref}{rules.AGAIN}",
            payout.subject,
            payout.payee,
            payout.agency,
            payout.account,
        )
        pay_out(*args, payout.amount, clock.now())
        _tell("payout.came_back", payout, reason)
    book(
        rules.refund_entries(
            payout.ref,
            state,
            agency=payout.agency.code,
            amount=payout.amount,
            out_of=payout.account,
            memo=f"{payout.purpose} {number}",
        )
    )
    return state


def _ours() -> "QuerySet[Outgoing]":
    return Outgoing.objects.select_related("payout__payee", "payout__agency")


def _tell(name: str, payout: Payout, reason: str) -> None:
    journal.record(
        name,
        subject=payout.subject,
        actor=ACTOR,
        audience=[payout.agency.ref],
        code=payout.code,
        **payout.payee.named("payee"),
        amount=payout.amount.wire(),
        reason=reason[:300],
    )
