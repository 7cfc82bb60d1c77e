"""A deal carried to the door of the office by its own rooms, and the refusal that changes nothing."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from market.deals import actions as deals
from market.deals.models import Deal, Paper
from market.documents.models import Version
from market.documents.uploads import Upload
from market.filings import actions
from market.filings.models import Filing, FilingEntry
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.listings.fees.rules import flat
from market.listings.models import Listing
from market.parties.models import Party, User
from market.payments.models import Charge
from market.rights.importers.drafts import RightDraft
from market.rights.models import Right, Title
from market.trail.models import Fact
from tests import assets
from tests.market.deals.licences import signed as licence_signed
from tests.market.payments.stage import confirm
from tests.people import owner_of

CERTIFICATE = Upload("certificate.pdf", b"%PDF-1.7 the office recorded the change")
NOTICE = Upload("notice.pdf", b"%PDF-1.7 the office asks for a correction")
NUMBER = "2026112400001"
Deliver = Callable[[], None]


def paid(
    seller: Party, buyer: Party, agency: Party, *, draft: RightDraft | None = None, right: Right | None = None
) -> Deal:
    """A deal signed by everybody and paid, about a fresh right unless told which."""
    right = right or assets.right(seller, draft=draft)
    listing = Listing.objects.create(
        right=right, seller=seller, agency=agency, state=Listing.State.DEALT, created_by=owner_of(seller)
    )
    deal = deals.open(
        origin=f"lot:{listing.code}",
        listing=listing,
        buyer=buyer,
        price=Money(1_180_000_00, "CNY"),
        seller_fees=flat(300),
        buyer_fees=flat(500),
        actor="system:test",
    )
    _sign(deals.draft_confirmation(deal, actor="system:test"), buyer=buyer, agency=agency)
    _sign(deals.draft_contract(deal, actor="system:test"), seller=seller, buyer=buyer)
    return deals.mark_paid(deal, actor="system:test")


def _sign(paper: Paper, **roles: Party) -> None:
    for role, party in roles.items():
        deals.sign(paper=paper, role=role, by=owner_of(party), sha256=paper.version.sha256, statement="我同意")


def prepared(seller: Party, buyer: Party, agency: Party, **about: Any) -> Filing:
    """The same with its pack made."""
    return actions.prepare(paid(seller, buyer, agency, **about), actor="system:test")


def submitted(filing: Filing, on: date) -> Filing:
    """The filing handed in by the agency's owner."""
    return actions.submit(filing, number=NUMBER, on=on, by=owner_of(filing.deal.agency))


def snapshot() -> list[Any]:
    """Everything a filing could change."""
    kinds = (Filing, FilingEntry, Deal, Title, Right, Version)
    return [*(list(kind._default_manager.order_by("pk").values()) for kind in kinds), Fact.objects.count()]


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


def licence_paid(deal: Deal, by: User, deliver: Deliver, **agreed: Any) -> Deal:
    """The contract signed and the price in escrow."""
    licence_signed(deal, **agreed)
    deliver()
    confirm(Charge.objects.get(subject=deal.ref), by)
    deliver()
    deal.refresh_from_db()
    return deal


def licence_recorded(deal: Deal) -> Filing:
    """The office records the licence today."""
    filing, by, on = Filing.objects.get(deal=deal), owner_of(deal.agency), clock.today()
    actions.submit(filing, number=NUMBER, on=on, by=by)
    return actions.accept(filing, number="备案 2026-1", on=on, certificate=CERTIFICATE, by=by)
