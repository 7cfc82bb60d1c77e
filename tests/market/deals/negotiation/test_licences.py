"""A licence is offered with its terms: what is paid on signing is the offer, and the deal begins with what was agreed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from market.deals.models import Deal, Paper
from market.deals.terms.queries import agreed_terms
from market.listings.models import Listing
from market.listings.offers.models import Negotiation
from market.parties.models import Party, User
from tests.market.deals.terms.test_form import typed_like
from tests.market.listings.offers.table import answer, listed, standing, yuan

pytestmark = pytest.mark.django_db


def sent(form: QueryDict, *, gone: str = "-none", **more: str) -> dict[str, Any]:
    """What is posted to make the offer: the form with more in it, and without the fields whose names begin with `gone`."""
    kept = {name: form.getlist(name) for name in form if not name.startswith(gone)}
    return {**kept, **more, "confirmed": "1"}


def test_a_licence_from_the_offer_of_its_terms_to_the_deal(
    jida: Party,
    agency: Party,
    anne: User,
    li_wei: User,
    client_of: Callable[[User | None], Client],
    deliver: Callable[[], None],
) -> None:
    listing = listed(jida, agency)
    Listing.objects.filter(pk=listing.pk).update(mode=Listing.Mode.LICENCE)
    made, buyer, seller = f"/assets/{listing.code}/offer/", client_of(anne), client_of(li_wei)
    form = typed_like(buyer.get(made).context["form"], exclusivity="sole")
    void = {"clause-0-text": "被许可人的改进无偿归许可人所有。"}
    assert buyer.post(made, sent(form, **void)).status_code == 422
    assert buyer.post(made, sent(form, gone="sum-")).status_code == 422
    checked = buyer.post(made, {name: form.getlist(name) for name in form})
    assert "Sole: besides you" in checked.content.decode()
    hidden = typed_like(checked.context["form"])
    page = buyer.post(made, sent(hidden)).headers["Location"]
    negotiation = Negotiation.objects.get()
    offer = standing(negotiation)
    assert (offer.amount, offer.terms["exclusivity"]) == (yuan(1_500_000), "sole")
    shown = seller.get(f"{page}counter/")
    cheaper = typed_like(shown.context["form"], exclusivity="non", **{"sum-0-amount": "1600000"})
    seller.post(f"{page}counter/", sent(cheaper, seen=offer.sha256))
    told = buyer.get(page).content.decode()
    assert "<del>sole</del> → <ins>non</ins>" in told
    answer("accept", negotiation, negotiation.buyer)
    deliver()
    deal = Deal.objects.get()
    agreed = agreed_terms(deal)
    assert agreed is not None
    assert agreed.document == standing(negotiation).terms
    assert (deal.mode, deal.price) == ("licence", yuan(1_600_000))
    said = str(Paper.objects.get().terms)
    assert "依双方约定的许可条件" in said
    assert "竞买" not in said
    assert buyer.get(f"/deals/{deal.code}/").status_code == 200
