"""A licence paid for in royalties alone: it is offered without a sum, nothing is due on signing, and its statements begin."""

from collections.abc import Callable

import pytest
from django.test import Client

from market.deals import actions as deals
from market.deals.models import Deal
from market.deals.negotiation import handlers
from market.filings.models import Filing
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.listings.models import Listing
from market.listings.offers.models import Negotiation
from market.parties.models import Party, User
from market.payments.actions.settlements import post_settlement
from market.payments.models import Charge
from market.payments.settlements.models import Settlement
from market.royalties.models import Licence
from market.trail import journal
from market.trail.models import Fact
from tests.market.deals import stage
from tests.market.deals.licences import agree, licensed, signed
from tests.market.deals.negotiation.test_licences import sent
from tests.market.deals.terms.papers import running
from tests.market.deals.terms.test_form import typed_like
from tests.market.listings.offers.table import answer, listed, offered, standing
from tests.market.royalties.stage import page

pytestmark = pytest.mark.django_db

NOTHING = Money.zero("CNY")
ROYALTIES = {"payments": [running()], "reports": {"period": "quarter", "due_days": 30, "payment_days": 15}}


def settled_facts() -> None:
    """Every fact so far delivered."""
    while journal.deliver_due():
        pass


@pytest.fixture
def deal(jida: Party, anne_co: Party, agency: Party) -> Deal:
    """Anne's company licenses jida's patent for royalties alone; no terms are agreed yet."""
    return licensed(jida, anne_co, agency, price=NOTHING)


def test_after_the_signatures_nothing_is_to_pay_and_the_licence_is_active(deal: Deal) -> None:
    done = signed(deal, **ROYALTIES)
    settled_facts()
    done.refresh_from_db()
    licence = Licence.objects.get()
    assert (done.state, licence.granted_for, licence.state, licence.paid_up) == ("paid", done.ref, "active", False)
    assert not Charge.objects.exists()
    assert Filing.objects.get().deal == done
    said = str(done.papers.get(kind="contract").terms)
    assert "签约时无须付款" in said
    assert "付入经办机构的监管账户" not in said
    confirmation = str(done.papers.get(kind="confirmation").terms)
    assert "签约时无须付款" in confirmation
    assert "佣金" not in confirmation


def test_the_walk_goes_on_to_the_closing_without_money(deal: Deal) -> None:
    done = signed(deal, **ROYALTIES)
    settled_facts()
    done = deals.mark_filed(done, actor=stage.SYSTEM)
    deals.mark_recorded(done, on=clock.today(), actor=stage.SYSTEM)
    settled_facts()
    settlement = Settlement.objects.get()
    assert not settlement.lines.exists()
    post_settlement(settlement=settlement, by=User.objects.get(username="finance_sun"))
    done.refresh_from_db()
    assert done.state == "settled"


def test_terms_that_name_no_payment_are_refused(deal: Deal) -> None:
    stage.refused("terms.unpaid", lambda: agree(deal, payments=[]))


def test_only_a_licence_is_offered_without_a_sum(jida: Party, anne_co: Party, agency: Party) -> None:
    listing = listed(jida, agency)
    with pytest.raises(Refused, match=r"offer\.nothing"):
        offered(listing, anne_co, 0)
    Listing.objects.filter(pk=listing.pk).update(mode=Listing.Mode.LICENCE)
    first = offered(listing, anne_co, 0)
    answer("decline", first, jida)
    assert standing(offered(listing, anne_co, 0, terms={"rate": "0.08"})).amount == NOTHING


def test_from_the_offer_of_royalties_to_the_deal(
    jida: Party, agency: Party, anne: User, client_of: Callable[[User | None], Client]
) -> None:
    listing = listed(jida, agency, asking=None)
    Listing.objects.filter(pk=listing.pk).update(mode=Listing.Mode.LICENCE)
    made, buyer = f"/assets/{listing.code}/offer/", client_of(anne)
    bare = buyer.get(made).context["form"]
    posted = buyer.post(made, sent(typed_like(bare)))
    assert "The terms name no payment." in posted.content.decode()
    royalty = {"royalty": "percent", "rate-0-rate": "5", "reports": "quarter", "due_days": "30", "payment_days": "15"}
    checked = buyer.post(
        made, {name: said for name, said in sent(typed_like(bare, **royalty)).items() if name != "confirmed"}
    )
    assert "Offer these terms" in checked.content.decode()
    buyer.post(made, sent(typed_like(checked.context["form"])))
    negotiation = Negotiation.objects.get()
    assert "royalties only" in page(buyer, f"/offers/{negotiation.code}/")
    answer("accept", negotiation, jida)
    handlers.on_offer_accepted(Fact.objects.get(name="offer.accepted"))
    deal = Deal.objects.get()
    assert (deal.price, deal.state) == (NOTHING, "formed")
    assert "royalties only" in page(buyer, f"/deals/{deal.code}/")
