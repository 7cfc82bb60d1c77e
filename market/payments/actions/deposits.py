"""Bid deposits: held for the escrow of what is bid for, then set off against the price or given back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from market.kernel import clock
from market.kernel.bulk import create_many
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.ledger import books
from market.ledger.models import Hold
from market.parties.models import Party
from market.payments.actions.outcomes import RELEASED, end_deposits
from market.payments.actions.payouts import drafted
from market.payments.models import DepositOutcome, Payout
from market.trail import journal
from market.trail.models import Fact

REFUND_WITHIN = timedelta(hours=24)  # 法释〔2016〕18号 23: an unsuccessful bidder's deposit goes back within 24 hours


def _bond(bidder_code: str) -> str:
    return f"bidder:{bidder_code}:bond"


def _bonds(bidder_codes: Iterable[str]) -> dict[str, str]:
    """The hold each deposit is kept under now, by the bidder's code: the last one, where it was renewed."""
    accounts = {f"deposit:{code}": code for code in bidder_codes}
    rows = Hold.objects.filter(debit__code__in=accounts).order_by("pk").values_list("debit__code", "ref")
    return {code: _bond(code) for code in accounts.values()} | {accounts[account]: ref for account, ref in rows}


def hold_deposit(
    bidder_code: str, *, origin: str, amount: Money, actor: str, expires_at: datetime | None = None
) -> Hold:
    """Set the deposit that arrived aside for the escrow of `origin` ("lot:L-…"), until `expires_at`. Again: the same hold.

    Refused `ledger.overdrawn` when it has not arrived.
    """
    return books.hold(
        amount,
        debit=f"deposit:{bidder_code}",
        credit=f"escrow:{origin}",
        ref=_bond(bidder_code),
        memo=f"bid deposit held by {actor}",
        expires_at=expires_at,
    )


@transaction.atomic
def renew_deposit(bidder_code: str, *, expires_at: datetime | None, actor: str) -> Hold:
    """Hold the deposit on, until `expires_at`: a hold of its own takes the place of the one before. Again: the same hold.

    Refused `ledger.hold_ended` once it was set off, `deposit.ended` once it went back.
    """
    kept = Hold.objects.filter(debit__code=f"deposit:{bidder_code}").select_related("debit", "credit").latest("pk")
    if kept.expires_at == expires_at:
        return kept
    books.void(kept.ref)
    for ended in DepositOutcome.objects.filter(hold=kept):  # only now is nobody else ending it
        raise Refused("deposit.ended", outcome=ended.get_kind_display(), ref=kept.ref)
    before = Hold.objects.filter(debit=kept.debit).count()
    return books.hold(
        kept.amount,
        debit=kept.debit.code,
        credit=kept.credit.code,
        ref=f"{_bond(bidder_code)}:{before + 1}",
        memo=f"bid deposit renewed by {actor}",
        expires_at=expires_at,
    )


def lapsed(bidder_codes: Iterable[str]) -> set[str]:
    """Those of the bidders whose deposit nothing holds any more: their holds expired, or are void."""
    refs = {ref: code for code, ref in _bonds(bidder_codes).items()}
    gone = Q(expires_at__lte=clock.now()) | Q(void__isnull=False)
    return {refs[ref] for ref in Hold.objects.filter(gone, ref__in=refs, posting=None).values_list("ref", flat=True)}


def apply_deposit(bidder_code: str, *, actor: str) -> Money:
    """The bidder won: its deposit moves into the escrow and counts towards the price. Again: the same."""
    return apply_deposits([bidder_code], actor=actor)[0]


def apply_deposits(bidder_codes: Sequence[str], *, actor: str) -> list[Money]:
    """`apply_deposit` for many winners; the number of statements does not grow with them."""
    bonds = _bonds(bidder_codes)
    return [posted.amount for posted in books.post_many([bonds[code] for code in bidder_codes])]


def release_deposit(bidder_code: str, *, payee: Party, agency: Party, actor: str) -> Payout:
    """The bidder did not win: its deposit is free and goes back within 24 hours (法释〔2016〕18号 23). Again: the same.

    Refused `ledger.hold_ended` when it was set off against a price. Writes `deposit.released`.
    """
    return release_deposits({bidder_code: (payee, agency)}, actor=actor)[0]


@transaction.atomic
def release_deposits(sides: Mapping[str, tuple[Party, Party]], *, actor: str) -> list[Payout]:
    """`release_deposit` for many: by the bidder's code, who gets it back and which agency sends it."""
    refs = {f"bidder:{code}:refund": code for code in sides}
    found = {payout.ref: payout for payout in Payout.objects.filter(ref__in=refs)}
    fresh = [code for ref, code in refs.items() if ref not in found]
    bonds = list(_bonds(fresh).values())
    books.void_many(bonds)
    end_deposits(list(Hold.objects.filter(ref__in=bonds)), RELEASED, actor=actor)
    free, due_at = books.available_of(f"deposit:{code}" for code in fresh), clock.now() + REFUND_WITHIN
    made = create_many(
        drafted(
            Payout.Purpose.REFUND,
            f"bidder:{code}:refund",
            f"bidder:{code}",
            *sides[code],
            f"deposit:{code}",
            free[f"deposit:{code}"],
            due_at,
        )
        for code in fresh
    )
    journal.record_many(_released(payout, actor) for payout in made)
    found |= {payout.ref: payout for payout in made}
    return [found[ref] for ref in refs]


def _released(payout: Payout, actor: str) -> Fact:
    data = {"amount": payout.amount.wire(), "due_at": payout.due_at.isoformat(), "payout": payout.code}
    return journal.said("deposit.released", subject=payout.subject, actor=actor, audience=[payout.payee.ref], **data)
