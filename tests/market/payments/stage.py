"""Deals, deposits and charges as the money path needs them, and the refusal that changes nothing."""

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import transaction

from market.deals import actions as deals
from market.deals.models import Deal
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.states import move
from market.kernel.words import sentence
from market.ledger import queries as ledger
from market.listings.fees.rules import flat
from market.listings.models import Listing
from market.parties.models import Party, User
from market.payments import actions, handlers, queries
from market.payments.models import Charge, Payout, Settlement
from market.rights.models import Patent, Right, Title
from market.trail import journal
from market.trail.models import Fact
from tests.people import owner_of

ORIGIN = "lot:L-TEST"
PRICE = Money(1_180_000_00, "CNY")
DEPOSIT = Money(100_000_00, "CNY")
WALK = ("formed", "confirmed", "signed", "paid", "filed", "title_passed", "settled", "closed")


def yuan(amount: int) -> Money:
    return Money(amount * 100, "CNY")


def patent(owners: dict[Party, Fraction]) -> Right:
    """A granted invention of `owners`, by share."""
    today, first = clock.today(), next(iter(owners))
    right = Right.objects.create(
        kind=Right.Kind.PATENT,
        key="CN2023100000001",
        number="ZL202310000000.1",
        title="一种固态电解质的制备方法",
        title_en="Method of preparing a solid electrolyte",
        state=Right.State.GRANTED,
        registered_by=first,
        granted_on=today - timedelta(days=400),
    )
    Patent.objects.create(right=right, type=Patent.Type.INVENTION)
    for owner, share in owners.items():
        shares = {"share_num": share.numerator, "share_den": share.denominator}
        Title.objects.create(
            right=right, holder=owner, since=right.granted_on, basis="original", source="CNIPA", **shares
        )
    return right


def deal(
    seller: Party,
    buyer: Party,
    agency: Party,
    *,
    price: Money = PRICE,
    co_owners: dict[Party, Fraction] | None = None,
    premium_bp: int = 500,
    commission_bp: int = 300,
) -> Deal:
    """A deal just formed about a patent of `seller` (and `co_owners`), at 5 % premium and 3 % commission."""
    listing = Listing.objects.create(
        right=patent({seller: 1 - sum((co_owners or {}).values(), Fraction(0)), **(co_owners or {})}),
        seller=seller,
        agency=agency,
        state=Listing.State.DEALT,
        created_by=User.objects.filter(memberships__party=seller)[0],
    )
    return deal_about(listing, buyer, price=price, premium_bp=premium_bp, commission_bp=commission_bp, origin=ORIGIN)


def deal_about(
    listing: Listing,
    buyer: Party,
    *,
    price: Money = PRICE,
    premium_bp: int = 500,
    commission_bp: int = 300,
    origin: str = "lot:L-AGAIN",
) -> Deal:
    """A deal just formed about what a listing offers."""
    rates = {"seller_fees": flat(commission_bp), "buyer_fees": flat(premium_bp)}
    return deals.open(origin=origin, listing=listing, buyer=buyer, price=price, **rates, actor="system:test")


def walk(row: Deal, to: str) -> Deal:
    """Move a deal along its walk to the state `to`, as its own room would; title passes to the buyer today."""
    row = Deal.objects.get(pk=row.pk)
    for state in WALK[WALK.index(row.state) + 1 : WALK.index(to) + 1]:
        columns: dict[str, Any] = {}
        if state == "title_passed":
            columns = {"title_passed_on": clock.today()}
            row.right.titles.filter(until=None).update(until=clock.today())
            Title.objects.create(
                right=row.right, holder=row.buyer, since=clock.today(), basis="assignment", source=row.code
            )
        move(row, state, **columns)
    return row


def fact(name: str, row: Deal) -> Fact:
    """The fact a deal's own room records when it has moved."""
    with transaction.atomic():
        return journal.record(name, subject=row.ref, actor="system:test")


def deposit(code: str, payer: Party, agency: Party, by: User, *, amount: Money = DEPOSIT) -> Charge:
    """A bid deposit of the bidder `code`: asked for, paid, confirmed and held."""
    charge = ask_deposit(code, payer, agency, amount=amount)
    confirm(charge, by)
    actions.hold_deposit(code, origin=ORIGIN, amount=amount, actor="system:test")
    return Charge.objects.get(pk=charge.pk)


def ask_deposit(code: str, payer: Party, agency: Party, *, amount: Money = DEPOSIT) -> Charge:
    return actions.request(
        purpose=Charge.Purpose.DEPOSIT,
        subject=f"bidder:{code}",
        payer=payer,
        agency=agency,
        account=f"deposit:{code}",
        amount=amount,
        due_at=clock.now() + timedelta(days=2),
        actor="system:test",
    )


def ask_price(row: Deal) -> Charge:
    """What the handler asks the buyer for once the contract is signed."""
    handlers.on_deal_signed(fact("deal.signed", row))
    return Charge.objects.get(subject=row.ref, purpose=Charge.Purpose.PRICE)


def confirm(charge: Charge, by: User, **other: Any) -> Charge:
    """Confirm a charge as fully received today under a transaction number of its own."""
    call = {"received": charge.amount, "bank_reference": f"IN{charge.code}", "on": clock.today()} | other
    return actions.confirm(charge=charge, by=by, **call)


def approved(payout: Payout, by: User | None = None) -> Payout:
    """The payout approved as it stands, by the agency's owner unless told by whom."""
    by = by or owner_of(payout.agency)
    return actions.approve_payout(payout=payout, account_seen=queries.payee_account(payout), by=by)


def send(payout: Payout, by: User, **other: Any) -> Payout:
    """Send an approved payout today under a transaction number of its own."""
    return actions.send_payout(
        payout=payout, by=by, **{"bank_reference": f"OUT{payout.code}", "on": clock.today()} | other
    )


def snapshot() -> list[Any]:
    """Everything a payment could change."""
    rows = [list(kind._default_manager.order_by("pk").values()) for kind in (Charge, Payout, Settlement, Deal)]
    return [*rows, ledger.trial_balance(), Fact.objects.count()]


def refused(code: str, act: Callable[[], Any]) -> Refused:
    """`act` is refused with `code`, whose sentence can be read, and nothing at all has changed."""
    before = snapshot()
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    said = sentence(caught.value)
    assert said
    assert "{" not in said
    assert snapshot() == before
    return caught.value


def standing() -> dict[str, Money]:
    """The accounts that hold anything."""
    return {row.code: row.balance for row in ledger.trial_balance() if row.balance}
