"""Deals at each step of their walk, made the way the market makes them, and the refusal that changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from market.deals import actions
from market.deals.models import Deal, Paper, Signature
from market.documents.models import Version
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.listings.fees.rules import flat
from market.listings.models import Listing
from market.parties.models import Party, User
from market.rights.importers.drafts import RightDraft
from market.trail.models import Fact
from tests import assets
from tests.people import owner_of

PRICE = Money(1_440_000_00, "CNY")
SYSTEM = "system:test"
CONSENT = "我已通读全文并同意。"


def dealt(seller: Party, agency: Party, *, draft: RightDraft | None = None) -> Listing:
    """A listing of a verified right that has just been sold."""
    right = assets.right(seller, draft=draft)
    columns = {"seller": seller, "agency": agency, "state": Listing.State.DEALT, "created_by": owner_of(seller)}
    return Listing.objects.create(right=right, **columns)


def terms(listing: Listing, buyer: Party, **more: Any) -> dict[str, Any]:
    """What the hammer tells deals.open."""
    said = {"origin": f"lot:{listing.code}", "listing": listing, "buyer": buyer, "price": PRICE}
    return said | {"seller_fees": flat(300), "buyer_fees": flat(500), "actor": SYSTEM} | more


def formed(seller: Party, buyer: Party, agency: Party, *, draft: RightDraft | None = None, **more: Any) -> Deal:
    """A deal fresh from the hammer."""
    return actions.open(**terms(dealt(seller, agency, draft=draft), buyer, **more))


def sign(paper: Paper, role: str, by: User, *, sha256: str = "") -> Signature:
    """`by` signs the file as it is stored, unless another hash is named."""
    return actions.sign(paper=paper, role=role, by=by, sha256=sha256 or paper.version.sha256, statement=CONSENT)


def signed_by(paper: Paper, **roles: Party) -> Deal:
    """Every role named signs through the owner of its party; the deal as it stands then."""
    for role, party in roles.items():
        sign(paper, role, owner_of(party))
    return Deal.objects.get(pk=paper.deal_id)


def confirmed(seller: Party, buyer: Party, agency: Party, **more: Any) -> Deal:
    """A deal whose confirmation both sides signed."""
    paper = actions.draft_confirmation(formed(seller, buyer, agency, **more), actor=SYSTEM)
    return signed_by(paper, buyer=buyer, agency=agency)


def snapshot() -> list[Any]:
    """Everything a refused act could have changed."""
    kinds = (Deal, Paper, Signature, Version)
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
