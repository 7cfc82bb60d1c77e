"""A deal undone before title passed: everything goes back, the books are empty, right and listing are free again."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string

from deploy.wiring import HANDLERS
from market.deals import undoing
from market.deals.models import Deal
from market.documents import actions as documents
from market.documents.models import Version
from market.kernel import clock
from market.listings.models import Listing
from market.parties.models import Party, User
from market.payments import actions
from market.payments.models import Charge, Payout, Settlement
from market.trail.models import Fact
from tests.market.payments import stage
from tests.market.payments.stage import yuan

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def deal(jida: Party, anne_co: Party, agency: Party, finance_sun: User) -> Deal:
    """¥1,000 and 5 % premium, of which ¥100 were the deposit, all in escrow; the office has refused."""
    stage.deposit("B-ANNE", anne_co, agency, finance_sun, amount=yuan(100))
    made = stage.deal(jida, anne_co, agency, price=yuan(1_000))
    actions.apply_deposit("B-ANNE", actor="system:x")
    made = stage.walk(made, "signed")
    charge = stage.ask_price(made)
    stage.confirm(charge, finance_sun)
    Deal.objects.filter(pk=made.pk).update(state=Deal.State.REFUSED)
    return Deal.objects.get()


def arrive() -> None:
    """What wakes when the deal is undone: here alone, for these deals have no lot and no papers."""
    undone = Fact.objects.get(name="deal.rescinded")
    for handler in HANDLERS["deal.rescinded"]:
        import_string(handler)(undone)


def decision(deal: Deal, by: User) -> Version:
    said = {"subject": deal.ref, "kind": "rescission", "title": "决定", "name": "no.pdf", "content": PDF}
    return documents.store(**said, content_type="", owner=deal.agency, by=by)


def test_price_premium_and_deposit_go_back_and_everything_is_free_again(
    deal: Deal, anne_co: Party, agency: Party, agent_chen: User, finance_sun: User
) -> None:
    for _ in range(2):
        undoing.rescind(deal, reason="驳回决定已生效。", paper=decision(deal, agent_chen), by=agent_chen)
        arrive()
    assert (Deal.objects.get().state, Listing.objects.get().state) == ("rescinded", "published")
    settlement = Settlement.objects.get()
    fee = {"deal": deal, "amount": yuan(2), "on": clock.today(), "note": "变更费", "by": finance_sun}
    actions.claim_fee(**fee, paper=SimpleUploadedFile("r.pdf", PDF))
    lines = [(line.kind, line.payee, line.amount, line.source) for line in settlement.lines.all()]
    assert lines == [
        ("fee", agency, yuan(2), "fee"),
        ("price_back", anne_co, yuan(948), "rescinded"),
        ("deposit_back", anne_co, yuan(100), "rescinded"),
    ]
    for _ in range(2):
        actions.post_settlement(settlement=settlement, by=finance_sun)
    assert stage.standing().get(f"escrow:{stage.ORIGIN}") is None
    payouts = list(Payout.objects.filter(subject=deal.ref).order_by("pk"))
    assert [(row.payee, row.purpose, row.amount) for row in payouts] == [
        (agency, "fee", yuan(2)),
        (anne_co, "return", yuan(948)),
        (anne_co, "return", yuan(100)),
    ]
    stage.refused("payout.unapproved", lambda: stage.send(payouts[1], finance_sun))
    for row in payouts:
        stage.send(stage.approved(row), finance_sun)
    assert (stage.standing(), Deal.objects.get().state) == ({}, "rescinded")


def test_an_unpaid_deal_asks_for_nothing_any_more_and_its_right_is_sold_anew(
    jida: Party, anne_co: Party, bob_co: Party, agency: Party, agent_chen: User
) -> None:
    deal = stage.walk(stage.deal(jida, anne_co, agency), "signed")
    stage.ask_price(deal)
    undoing.rescind(deal, reason="双方同意。", paper=decision(deal, agent_chen), by=agent_chen)
    arrive()
    assert Charge.objects.get().state == "cancelled"
    assert not Settlement.objects.exists()
    assert stage.deal_about(deal.listing, bob_co).state == "formed"


@pytest.mark.parametrize("state", ["filed", "settled", "closed", "defaulted"])
def test_what_lies_at_the_office_or_was_shared_out_is_not_rescinded(state: str, deal: Deal, agent_chen: User) -> None:
    paper = decision(deal, agent_chen)
    Deal.objects.update(state=state)
    stage.refused("deal.not_undoable", lambda: undoing.rescind(deal, reason="x", paper=paper, by=agent_chen))


def test_only_the_agency_rescinds_and_says_why(deal: Deal, li_wei: User, agent_chen: User) -> None:
    paper = decision(deal, agent_chen)
    with pytest.raises(Http404):
        undoing.rescind(deal, reason="x", paper=paper, by=li_wei)
    stage.refused("deal.reason_missing", lambda: undoing.rescind(deal, reason=" ", paper=paper, by=agent_chen))
    stage.refused("settlement.too_early", lambda: actions.prepare_return(deal, actor="system:x"))


def test_the_agency_undoes_it_on_a_page_and_the_buyer_reads_both_columns(
    deal: Deal, anne: User, li_wei: User, agent_chen: User, client_of: ClientOf
) -> None:
    address = reverse("deal-undo", args=[deal.code])
    assert client_of(li_wei).get(address).status_code == 404
    client = client_of(agent_chen)
    assert address in client.get(reverse("deal", args=[deal.code])).content.decode()
    assert client.post(address, {"reason": "驳回决定已生效。"}).status_code == 422
    typed = {"reason": "驳回决定已生效。", "paper": SimpleUploadedFile("no.pdf", PDF)}
    assert client.post(address, typed).status_code == 302
    arrive()
    room = client_of(anne).get(reverse("deal", args=[deal.code])).content.decode()
    for said in ("The deal was rescinded.", "¥950.00", "¥100.00", "no.pdf", "Civil Code, article 566"):
        assert said in room
    assert client.get(address).status_code == 404
