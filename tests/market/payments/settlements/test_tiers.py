"""Terms in tiers from the hammer to the last paper: one reckoning, the calculator's, each line with its tiers and source."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from market.deals.models import Deal
from market.deals.queries import quote_of
from market.kernel.money import Money
from market.listings.fees.rules import read
from market.parties.models import Party, User
from market.payments import actions
from market.payments.invoices.handlers import on_settlement_posted
from market.payments.invoices.models import Invoice
from market.payments.settlements.queries import statement_data, waterfall
from tests.market.payments import stage

pytestmark = pytest.mark.django_db
SELLER = replace(read("3; 1000000: 2", Money(500_00, "CNY"), 500), code="F-SELLER", name="标准 v2")
BUYER = replace(read("5; 1000000: 3", Money(0, "CNY"), 500), code="F-BUYER", name="买受人 v1")
ASKED = {
    "seller": "3; 1000000: 2",
    "seller_least": "500",
    "seller_most": "5",
    "buyer": "5; 1000000: 3",
    "buyer_most": "5",
}


@pytest.fixture
def agreed(jida: Party, anne_co: Party, agency: Party) -> Deal:
    """A deal at ¥1,180,000 whose sides agreed tiers."""
    deal = stage.deal(jida, anne_co, agency)
    Deal.objects.filter(pk=deal.pk).update(seller_fees=SELLER, buyer_fees=BUYER)
    return Deal.objects.get(pk=deal.pk)


@pytest.mark.parametrize("price", [1, 1_000, 999_999_99, 1_000_000_00, 1_180_000_01, 98_765_432_10])
def test_the_waterfall_pays_what_the_calculator_says(agreed: Deal, client: Client, price: int) -> None:
    Deal.objects.filter(pk=agreed.pk).update(price_minor=price)
    deal = Deal.objects.get(pk=agreed.pk)
    answer = client.get(reverse("fees"), ASKED | {"price": deal.price.plain()}).context["quote"]
    assert (answer.figures.premium, answer.figures.commission) == (
        quote_of(deal).premium.amount,
        quote_of(deal).commission.amount,
    )
    lines = {line.kind: line for line in waterfall(deal)[0]}
    for kind, fee in (("premium", answer.premium), ("commission", answer.commission)):
        assert (
            (lines[kind].amount, lines[kind].formula) == (fee.amount, fee.formula) if fee.amount else kind not in lines
        )


def test_every_paper_names_tiers_and_source(agreed: Deal, finance_sun: User) -> None:
    stage.confirm(stage.ask_price(stage.walk(agreed, "signed")), finance_sun)
    deal = stage.walk(agreed, "title_passed")
    settlement = actions.prepare_settlement(deal, actor="system:test")
    settlement = actions.post_settlement(settlement=settlement, by=finance_sun)
    said = "¥1,000,000.00 × 3% + ¥180,000.00 × 2%"
    line = settlement.lines.get(kind="commission")
    assert (line.amount, line.formula) == (Money(33_600_00, "CNY"), said)
    assert line.inputs["schedule"] == "F-SELLER"
    assert line.inputs["tiers"] == "3; 1000000.00: 2"
    printed = {row["formula"]: row["ground"] for row in statement_data(settlement)["lines"]}
    assert "标准 v2" in printed[said]
    assert "As agreed: schedule 标准 v2, F-SELLER" in printed[said]
    on_settlement_posted(stage.fact("settlement.posted", deal))
    notes = {row.service: row.note for row in Invoice.objects.all()}
    assert notes["commission"] == f"{said} (标准 v2, F-SELLER)"
    assert notes["premium"] == "¥1,000,000.00 × 5% + ¥180,000.00 × 3% (买受人 v1, F-BUYER)"
