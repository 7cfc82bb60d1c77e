"""Rows of an auction as they stand while its bidding is on, or about to begin, made without walking through the desk."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from auctions import engine
from auctions.models import Bidder, Lot, Sale
from auctions.rules.presets import COMMERCIAL
from market.kernel import clock
from market.kernel.money import Money
from market.ledger import books
from market.listings.models import Listing, Mandate, Reserve
from market.parties.models import Party
from market.payments import actions as payments
from market.rights.models import Patent, Right, Title

START, STEP, DEPOSIT = 1_000_000_00, 20_000_00, 100_000_00


def yuan(amount: int) -> Money:
    """Whole yuan."""
    return Money(amount * 100, "CNY")


def patent(owner: Party) -> Right:
    """A granted invention of `owner`."""
    number, today = f"ZL20231{secrets.randbelow(10**7):07d}.X", clock.today()
    right = Right.objects.create(
        kind=Right.Kind.PATENT,
        key=number,
        number=number,
        title="一种固态电解质的制备方法",
        title_en="Method of preparing a solid electrolyte",
        state=Right.State.GRANTED,
        registered_by=owner,
        checked_on=today,
        filed_on=today - timedelta(days=1000),
        granted_on=today - timedelta(days=400),
        expires_on=today + timedelta(days=6000),
    )
    Patent.objects.create(right=right, type=Patent.Type.INVENTION, annuity_paid_to=today + timedelta(days=300))
    Title.objects.create(right=right, holder=owner, since=right.granted_on, basis="original", source="register")
    return right


def listing(seller: Party, agency: Party, *, reserve: Money | None = None) -> Listing:
    """A listing of `seller` in a sale of `agency`, 3 % and 5 % commission."""
    user = seller.memberships.all()[0].user
    made = Listing.objects.create(
        right=patent(seller),
        seller=seller,
        agency=agency,
        state=Listing.State.IN_SALE,
        defects="一项许可仍在履行，至 2027 年 12 月。",
        published_at=clock.now(),
        created_by=user,
    )
    Mandate.objects.create(listing=made, agency=agency, signed_by=user, accepted_by=user, accepted_at=clock.now())
    if reserve is not None:
        Reserve.objects.create(listing=made, currency=reserve.currency, amount_minor=reserve.minor)
    return made


def sale(agency: Party, *, opens_in: timedelta = timedelta(hours=-1), **rules: Any) -> Sale:
    """An announced online bidding of `agency` under the commercial rule set, with `rules` replaced."""
    opens_at = clock.now() + opens_in
    return Sale.objects.create(
        agency=agency,
        title="2026 年第 7 场知识产权网络竞价",
        title_en="Online IP bidding 7/2026",
        mode=Sale.Mode.ONLINE_BIDDING,
        ruleset=COMMERCIAL.name,
        rules={**COMMERCIAL.as_data(), **rules},
        noticed_at=opens_at - timedelta(days=9),
        display_from=opens_at - timedelta(days=5),
        register_until=opens_at - timedelta(hours=1),
        opens_at=opens_at,
        state=Sale.State.NOTICED,
        created_by=agency.memberships.all()[0].user,
    )


def lot(
    seller: Party,
    agency: Party,
    *,
    of_sale: Sale | None = None,
    reserve: Money | None = None,
    ends_in: timedelta = timedelta(minutes=30),
    opened: bool = True,
    **columns: Any,
) -> Lot:
    """A lot of ¥1,000,000 with steps of ¥20,000 and a deposit of ¥100,000, bidding open unless `opened` says no."""
    of_sale = of_sale or sale(agency)
    made = Lot.objects.create(
        **{
            "sale": of_sale,
            "number": of_sale.lots.count() + 1,
            "listing": listing(seller, agency, reserve=reserve),
            "start_minor": START,
            "deposit_minor": DEPOSIT,
            "increments": [[0, STEP]],
            "has_reserve": reserve is not None,
            "state": Lot.State.NOTICED,
            "opens_at": of_sale.opens_at,
            "ends_at": clock.now() + ends_in,
            **columns,
        }
    )
    if opened:
        engine.open_due()
        made.refresh_from_db()
    return made


@transaction.atomic
def bidder(of_lot: Lot, party: Party, paddle: int) -> Bidder:
    """`party` with its deposit held and a paddle for the lot."""
    made = Bidder.objects.create(
        lot=of_lot,
        party=party,
        user=party.memberships.all()[0].user,
        paddle=paddle,
        state=Bidder.State.ACTIVE,
        deposit=Bidder.Deposit.HELD,
        terms_sha256="0" * 64,
    )
    agency = of_lot.sale.agency
    bank, account = f"bank:{agency.code}", f"deposit:{made.code}"
    books.transfer(of_lot.deposit, debit=bank, credit=account, ref=f"test:{made.code}", memo="deposit")
    payments.hold_deposit(made.code, origin=made.origin, amount=of_lot.deposit, actor="system:test")
    return made


def bid(by: Bidder, amount: int, *, key: UUID | None = None) -> engine.Answer:
    """`by` offers `amount` yuan now."""
    return engine.place_bid(
        engine.Offer(
            lot_id=by.lot_id, bidder_id=by.pk, key=key or uuid4(), amount=yuan(amount), received_at=clock.now()
        )
    )
