"""A party's payments and deposits: what is due, held, paid and got, each with its deal, its approval and its papers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from market.kernel import clock
from market.kernel.money import Money
from market.parties.models import Party, User
from market.payments import actions, movements
from market.payments.invoices.actions import give_receipt
from market.payments.models import Charge, Payout
from tests import people
from tests.market.payments import stage
from tests.market.payments.stage import yuan

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


@pytest.fixture(scope="module")
def kept(kept_rows: None) -> Party:
    """Anne's company: one deposit held, one back, one set off, a price to pay and a price paid; receipts for some."""
    jida, anne_co, agency = people.jilin_university(), people.anne_co(), people.changchun_agency()
    sun = User.objects.get(username="finance_sun")
    stage.deposit("B-HELD", anne_co, agency, sun, amount=yuan(30))
    back = stage.deposit("B-BACK", anne_co, agency, sun, amount=yuan(40))
    actions.release_deposit("B-BACK", payee=anne_co, agency=agency, actor="system:x")
    stage.send(stage.approved(Payout.objects.get()), sun)
    deal = stage.deal(jida, anne_co, agency, price=yuan(100))
    said = {"payer": anne_co, "agency": agency, "account": f"escrow:{deal.origin}", "actor": "system:x"}
    actions.request(purpose="price", subject=deal.ref, amount=yuan(105), due_at=clock.now() + timedelta(days=9), **said)
    give_receipt(back)
    return anne_co


def listed(party: Party, view: str, year: int | None = None) -> list[tuple[str, Money, str]]:
    """What a view lists: purpose, amount and what became of a deposit."""
    rows = movements.movements(party, movements.keys(party, view, year))
    return [(row.row.purpose, row.amount, row.fate) for row in rows]


def test_each_view_lists_its_own_and_what_is_to_be_paid_comes_first(kept: Party) -> None:
    held, back = ("deposit", yuan(-30), "held"), ("deposit", yuan(-40), "released")
    price, refund = ("price", yuan(-105), ""), ("refund", yuan(40), "")
    assert listed(kept, "all")[0] == price
    assert set(listed(kept, "all")) == {price, refund, held, back}
    assert listed(kept, "due") == [price]
    assert listed(kept, "held") == [held]
    assert set(listed(kept, "paid")) == {held, back}
    assert listed(kept, "got") == [refund]


def test_the_figures_are_the_sums_of_the_lists(kept: Party) -> None:
    standing = movements.standing(kept, None)
    for view, amounts in {"due": standing.due, "held": standing.held, "paid": standing.paid}.items():
        assert [-amount.minor for amount in amounts] == [sum(amount.minor for _, amount, _ in listed(kept, view))]
    assert standing.got == [yuan(40)]


def test_a_year_lists_its_own_payments(kept: Party) -> None:
    this = clock.today().year
    assert movements.years(kept) == [this]
    assert len(listed(kept, "all", this)) == 4
    assert listed(kept, "all", this - 1) == []
    assert movements.standing(kept, this - 1).paid == []


def test_each_payment_shows_its_deal_its_approval_and_its_receipt(kept: Party, anne: User, client_of: ClientOf) -> None:
    page = client_of(anne).get(reverse("my-payments")).content.decode()
    payout, price = Payout.objects.get(), Charge.objects.get(purpose="price")
    for said in (
        f"/deals/{price.subject.removeprefix('deal:')}/",
        payout.approval_sha256[:8],
        f"Receipt {clock.today().year}-000001",
        "−¥105.00",
        "L-TEST",
    ):
        assert said in page
    assert "−¥105.00" not in client_of(anne).get(reverse("my-payments"), {"view": "held"}).content.decode()
    for odd in ({"view": "x", "year": "abc"}, {"year": "1999"}, {"page": "-3"}):
        assert client_of(anne).get(reverse("my-payments"), odd).status_code == 200


def test_a_stranger_to_all_parties_sees_an_empty_page(db: Any, client_of: ClientOf) -> None:
    assert client_of(people.person("nobody", "无名")).get(reverse("my-payments")).status_code == 200
