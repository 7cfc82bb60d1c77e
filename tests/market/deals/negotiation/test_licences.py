"""A licence is offered with its terms: what is paid on signing is the offer, and the deal begins with what was agreed."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.test import Client

from market.deals.models import Deal
from market.deals.negotiation import handlers
from market.deals.negotiation.forms import LicenceOfferForm
from market.deals.queries import bargain_of
from market.deals.rules.papers import confirmation_terms
from market.deals.terms.payments import ESCROW
from market.deals.terms.queries import agreed_terms
from market.kernel.money import Money
from market.listings.models import Listing
from market.listings.offers.models import Negotiation
from market.listings.offers.rules import NEGOTIATED
from market.parties.models import Party, User
from market.trail.models import Fact
from tests.market.deals.terms.papers import terms
from tests.market.deals.terms.test_form import typed_like
from tests.market.listings.offers.table import answer, listed, standing, yuan

pytestmark = pytest.mark.django_db


def sent(form: QueryDict) -> dict[str, Any]:
    """What is posted to make the offer."""
    return {name: form.getlist(name) for name in form} | {"confirmed": "1"}


def offer(**typed: str) -> LicenceOfferForm:
    """The form of a licence with other values typed over it."""
    filled = typed_like(
        LicenceOfferForm(NEGOTIATED, base=terms(), currency="CNY"), valid_h="72", key=str(uuid4()), **typed
    )
    return LicenceOfferForm(NEGOTIATED, filled, base=terms(), currency="CNY")


def test_what_is_paid_on_signing_is_the_offer_and_something_is_paid() -> None:
    held = {"sum-0-kind": "lump_sum", "sum-0-amount": "12345.60", "sum-0-due_on": "2026-12-01", "sum-0-held": ESCROW}
    form = offer(**held)
    assert form.is_valid(), form.errors
    assert form.proposal().amount == Money(1_234_560, "CNY")
    later = offer(**{**held, "sum-0-held": ""})
    assert later.is_valid(), later.errors
    assert not later.proposal().amount
    assert not offer(royalty="", **{"rate-0-rate": ""}).is_valid()
    assert not offer(**held, **{"clause-0-text": "被许可人的改进无偿归许可人所有。"}).is_valid()


def test_a_licence_from_the_offer_of_its_terms_to_the_deal(
    jida: Party, agency: Party, anne: User, client_of: Callable[[User | None], Client]
) -> None:
    listing = listed(jida, agency)
    Listing.objects.filter(pk=listing.pk).update(mode=Listing.Mode.LICENCE)
    made, buyer = f"/assets/{listing.code}/offer/", client_of(anne)
    form = typed_like(buyer.get(made).context["form"], exclusivity="sole")
    checked = buyer.post(made, {name: form.getlist(name) for name in form})
    assert "Sole: besides you" in checked.content.decode()
    buyer.post(made, sent(typed_like(checked.context["form"])))
    negotiation = Negotiation.objects.get()
    assert standing(negotiation).amount == yuan(1_500_000)
    answer("accept", negotiation, jida)
    handlers.on_offer_accepted(Fact.objects.get(name="offer.accepted"))
    deal = Deal.objects.get()
    agreed = agreed_terms(deal)
    assert agreed is not None
    assert agreed.document == standing(negotiation).terms
    assert (deal.mode, deal.price, agreed.document["exclusivity"]) == ("licence", yuan(1_500_000), "sole")
    said = str(confirmation_terms(bargain_of(deal)))
    assert "依双方约定的许可条件" in said
    assert "竞买" not in said
