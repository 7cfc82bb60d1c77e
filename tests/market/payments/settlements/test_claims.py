"""What comes before the right holder: a pledgee paid first, fees and taxes with their papers, entered once and only in time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import Client
from django.urls import reverse

from market.deals.models import Deal
from market.kernel import clock
from market.kernel.money import Money
from market.parties.models import Party, User
from market.payments import actions
from market.payments.models import Claim, Payout, Settlement
from market.payments.settlements import queries
from market.rights.models import Encumbrance
from market.trail.models import Fact
from tests.market.payments import stage
from tests.market.payments.stage import yuan

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("letter.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")


@pytest.fixture
def settlement(jida: Party, anne_co: Party, agency: Party, finance_sun: User) -> Settlement:
    """A right of ¥1,000 that was pledged to Carol's company passes; deposit and price, 5 % premium, 3 % commission."""
    stage.deposit("B-ANNE", anne_co, agency, finance_sun, amount=yuan(1_050))
    deal = stage.deal(jida, anne_co, agency, price=yuan(1_000))
    actions.apply_deposit("B-ANNE", actor="system:x")
    Encumbrance.objects.create(
        right=deal.right, kind="pledge", in_favour_of="晨星银行", number="Y2026-1", since=clock.today() - timedelta(9)
    )
    return actions.prepare_settlement(stage.walk(deal, "title_passed"), actor="system:x")


def payoff(settlement: Settlement, payee: Party, amount: Money, by: User, **other: Any) -> Claim:
    said = {"deal": settlement.deal, "pledge": Encumbrance.objects.get(), "payee": payee, "amount": amount}
    said |= {"on": clock.today(), "note": "清偿后解除质押", "paper": paper(), "by": by}
    return actions.claim_payoff(**said | other)


def paid(settlement: Settlement) -> list[tuple[str, Party, Money, Money]]:
    return [(line.kind, line.payee, line.amount, line.short) for line in settlement.lines.select_related("payee")]


def test_the_pledgee_is_paid_first_and_the_books_end_empty(
    settlement: Settlement, jida: Party, carol_co: Party, agency: Party, finance_sun: User
) -> None:
    caught = stage.refused(
        "settlement.pledge_open", lambda: actions.post_settlement(settlement=settlement, by=finance_sun)
    )
    assert caught.facts["pledgees"] == ["晨星银行"]
    claim = payoff(settlement, carol_co, yuan(600), finance_sun)
    fee = {"deal": settlement.deal, "amount": yuan(2), "on": clock.today(), "note": "变更费", "by": finance_sun}
    actions.claim_fee(**fee, paper=paper())
    tax = {"deal": settlement.deal, "tax": "stamp", "holder": jida, "base": yuan(1_000), "on": clock.today()}
    actions.claim_tax(**tax, note="合同价", paper=None, by=finance_sun)
    assert paid(settlement) == [
        ("pledge", carol_co, yuan(600), yuan(0)),
        ("premium", agency, yuan(50), yuan(0)),
        ("commission", agency, yuan(30), yuan(0)),
        ("fee", agency, yuan(2), yuan(0)),
        ("tax", agency, Money(30, "CNY"), yuan(0)),
        ("proceeds", jida, Money(367_70, "CNY"), yuan(0)),
    ]
    assert settlement.lines.get(kind="pledge").claim == claim
    assert settlement.lines.get(kind="tax").inputs["rate_bp"] == "3"
    actions.post_settlement(settlement=settlement, by=finance_sun)
    payouts = list(Payout.objects.filter(subject=settlement.deal.ref).order_by("pk"))
    assert [row.purpose for row in payouts] == ["pledge", "commission", "fee", "tax", "proceeds"]
    for row in payouts[1:]:
        stage.send(stage.approved(row), finance_sun)
    assert Deal.objects.get().state == "settled", "the pledgee still waits"
    stage.send(stage.approved(payouts[0]), finance_sun)
    assert (Deal.objects.get().state, stage.standing()) == ("closed", {})
    sheet = queries.sheet(Settlement.objects.get())
    assert (sheet.came_in, sheet.shared, sheet.gap) == (yuan(1_050), yuan(1_050), yuan(0))
    assert all(moved.payout is not None for moved in sheet.lines)


def test_a_debt_beyond_the_price_leaves_the_seller_owing(
    settlement: Settlement, carol_co: Party, agency: Party, finance_sun: User
) -> None:
    payoff(settlement, carol_co, yuan(1_200), finance_sun)
    assert paid(settlement) == [
        ("pledge", carol_co, yuan(1_000), yuan(200)),
        ("premium", agency, yuan(50), yuan(0)),
        ("commission", agency, yuan(0), yuan(30)),
    ]
    actions.post_settlement(settlement=settlement, by=finance_sun)
    assert queries.sheet(Settlement.objects.get()).short == yuan(230)
    for row in Payout.objects.filter(subject=settlement.deal.ref):
        stage.send(stage.approved(row), finance_sun)
    assert (Deal.objects.get().state, stage.standing()) == ("closed", {})


def test_a_pledgee_that_keeps_its_pledge_is_paid_nothing(
    settlement: Settlement, carol_co: Party, finance_sun: User
) -> None:
    payoff(settlement, carol_co, yuan(0), finance_sun)
    assert actions.post_settlement(settlement=settlement, by=finance_sun).state == "posted"
    assert not Payout.objects.filter(purpose="pledge").exists()


def test_a_letter_counts_once_and_a_wrong_one_is_taken_back_first(
    settlement: Settlement, carol_co: Party, finance_sun: User
) -> None:
    first = payoff(settlement, carol_co, yuan(600), finance_sun)
    assert payoff(settlement, carol_co, yuan(600), finance_sun) == first
    stage.refused("claim.pledge_named", lambda: payoff(settlement, carol_co, yuan(500), finance_sun))
    for _ in range(2):
        actions.drop_claim(claim=first, by=finance_sun)
    assert Fact.objects.filter(name="claim.dropped").count() == 1
    assert payoff(settlement, carol_co, yuan(500), finance_sun) != first
    assert settlement.lines.get(kind="pledge").amount == yuan(500)


def test_what_cannot_be_claimed_changes_nothing(
    settlement: Settlement, carol_co: Party, jida: Party, finance_sun: User
) -> None:
    deal, by, today = settlement.deal, finance_sun, clock.today()
    fee = {"deal": deal, "amount": yuan(2), "on": today, "note": "", "paper": paper(), "by": by}
    tax = {
        "deal": deal,
        "tax": "eit",
        "holder": jida,
        "base": yuan(9),
        "on": today,
        "note": "",
        "paper": None,
        "by": by,
    }
    other = Encumbrance(right=deal.right, kind="pledge", in_favour_of="?", since=today)
    cases: list[tuple[str, Callable[[], Any]]] = [
        ("claim.paper", lambda: actions.claim_fee(**fee | {"paper": None})),
        ("payment.date_ahead", lambda: actions.claim_tax(**tax | {"on": today + timedelta(1)})),
        ("claim.tax", lambda: actions.claim_tax(**tax | {"tax": "poll"})),
        ("claim.amount", lambda: actions.claim_tax(**tax | {"tax": "stamp", "base": Money(100, "CNY")})),
        ("claim.holder", lambda: actions.claim_tax(**tax | {"holder": carol_co})),
        ("claim.currency", lambda: actions.claim_tax(**tax | {"base": Money(900, "USD")})),
        ("claim.pledge", lambda: payoff(settlement, carol_co, yuan(1), by, pledge=other)),
    ]
    for code, act in cases:
        stage.refused(code, act)
    assert not Claim.objects.exists()


def test_only_the_agencys_money_people_enter_claims_and_only_before_the_posting(
    settlement: Settlement, carol_co: Party, li_wei: User, agent_chen: User, finance_sun: User
) -> None:
    with pytest.raises(Http404):
        payoff(settlement, carol_co, yuan(1), li_wei)
    stage.refused("role.missing", lambda: payoff(settlement, carol_co, yuan(1), agent_chen))
    claim = payoff(settlement, carol_co, yuan(600), finance_sun)
    actions.post_settlement(settlement=settlement, by=finance_sun)
    stage.refused("settlement.posted", lambda: actions.drop_claim(claim=claim, by=finance_sun))


def test_finance_enters_the_letter_on_a_page_and_the_seller_reads_both_columns(
    settlement: Settlement, carol_co: Party, li_wei: User, finance_sun: User, client_of: ClientOf
) -> None:
    client, code = client_of(finance_sun), settlement.deal.code
    address = reverse("settlement-claim", args=[code, "payoff"])
    assert "晨星银行" in client.get(address).content.decode()
    typed = {"pledge": Encumbrance.objects.get().pk, "payee": carol_co.code, "amount": "600", "note": "还清"}
    typed |= {"on": clock.today().isoformat()}
    both = client.post(address, typed | {"keeps": "on", "paper": paper()})
    assert both.status_code == 422
    assert client.post(address, typed | {"paper": paper()}).status_code == 302
    page = client.get(reverse("settlement", args=[code])).content.decode()
    for said in ("¥600.00", "Civil Code, article 444", "壹仟零伍拾元整", "Take back"):
        assert said in page
    room = client_of(li_wei).get(reverse("deal", args=[code])).content.decode()
    assert "Received into escrow" in room
    assert "¥370.00" in room
    claim = Claim.objects.get()
    dropped = client.post(reverse("settlement-claim-drop", args=[code, claim.pk]), follow=True)
    assert "Enter a payoff letter" in dropped.content.decode()
