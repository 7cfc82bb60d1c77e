"""A deal undone once the office has it: withdrawn there, or transferred back after title has passed; the money waits for it."""

from datetime import timedelta

import pytest

from market.deals import undoing
from market.deals.models import Deal
from market.deals.queries import total_due
from market.documents import actions as documents
from market.filings import actions
from market.filings.handlers import on_deal_returning
from market.filings.models import Filing
from market.kernel import clock
from market.kernel.errors import Conflict, Refused
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.models import Charge, Payout, Settlement
from market.rights import passing
from market.rights.models import Right, Title
from market.rights.queries import holders
from market.trail.models import Fact
from tests import assets
from tests.market.filings.stage import CERTIFICATE, NUMBER, prepared
from tests.market.payments import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def filed(jida: Party, anne_co: Party, agency: Party, zhou_min: User, finance_sun: User) -> Filing:
    """At the office, price and premium in escrow."""
    filing = prepared(jida, anne_co, agency)
    deal = filing.deal
    charge = payments.request(
        purpose=Charge.Purpose.PRICE,
        subject=deal.ref,
        payer=anne_co,
        agency=agency,
        account=f"escrow:{deal.origin}",
        amount=total_due(deal),
        due_at=clock.now() + timedelta(days=1),
        actor="system:test",
    )
    stage.confirm(charge, finance_sun)
    return actions.submit(filing, number=NUMBER, on=clock.today(), by=zhou_min)


def rescinded(deal: Deal, by: User) -> Deal:
    said = {
        "subject": deal.ref,
        "kind": "rescission",
        "title": "协议",
        "name": "a.pdf",
        "content": b"%PDF-1.7\n%%EOF\n",
    }
    paper = documents.store(**said, content_type="", owner=deal.agency, by=by)
    return undoing.rescind(deal, reason="双方同意。", paper=paper, by=by)


def test_title_goes_back_as_a_filing_and_the_money_waits_for_it(
    filed: Filing, jida: Party, anne_co: Party, zhou_min: User, finance_sun: User
) -> None:
    today = clock.today()
    actions.accept(filed, number=NUMBER, on=today, certificate=CERTIFICATE, by=zhou_min)
    settlement = payments.prepare_settlement(Deal.objects.get(), actor="system:test")
    deal = rescinded(rescinded(Deal.objects.get(), zhou_min), zhou_min)
    assert (deal.state, Fact.objects.filter(name="deal.returning").count()) == ("returning", 1)
    stage.refused("settlement.too_early", lambda: payments.post_settlement(settlement=settlement, by=finance_sun))
    for _ in range(2):
        on_deal_returning(Fact.objects.get(name="deal.returning"))
    back = Filing.objects.get(purpose="return")
    assert (back.parties[0], back.parties[1]) == (anne_co, jida)
    actions.submit(back, number="2026112400002", on=today, by=zhou_min)
    actions.refuse(back, note="材料不全", by=zhou_min)
    assert Deal.objects.get().state == "returning", "the office has yet to record it"
    actions.resubmit(back, number="2026112400003", on=today, by=zhou_min)
    actions.accept(back, number="2026112400003", on=today, certificate=CERTIFICATE, by=zhou_min)
    deal = Deal.objects.get()
    assert (deal.state, [title.holder for title in holders(deal.right)]) == ("rescinded", [jida])
    payments.prepare_return(deal, actor="system:test")
    settlement = Settlement.objects.get()
    assert [(line.kind, line.payee, line.amount) for line in settlement.lines.all()] == [
        ("price_back", anne_co, total_due(deal))
    ]
    payments.post_settlement(settlement=settlement, by=finance_sun)
    payout = Payout.objects.get(purpose="return")
    stage.refused("payout.unapproved", lambda: stage.send(payout, finance_sun))
    stage.send(stage.approved(payout), finance_sun)
    assert not any(account.startswith(("escrow", "payable", "commission")) for account in stage.standing())


def test_what_is_annulled_at_the_office_is_withdrawn_before_the_money_goes_back(
    filed: Filing, zhou_min: User, finance_sun: User
) -> None:
    for _ in range(2):
        undoing.annul(Deal.objects.get(), reason="围标", actor="system:test")
    deal = Deal.objects.get()
    settlement = payments.prepare_return(deal, actor="system:test")
    assert settlement is not None
    stage.refused("settlement.at_office", lambda: payments.post_settlement(settlement=settlement, by=finance_sun))
    with pytest.raises(Conflict):
        actions.accept(filed, number=NUMBER, on=clock.today(), certificate=CERTIFICATE, by=zhou_min)
    for _ in range(2):
        actions.withdraw(filed, note="已撤回", by=zhou_min)
    assert Filing.objects.get().state == "withdrawn"
    payments.post_settlement(settlement=settlement, by=finance_sun)
    assert Payout.objects.get().purpose == "return"


def test_every_holder_gets_its_share_back_unless_the_buyer_sold_it_on(
    jida: Party, carol_co: Party, anne_co: Party, bob_co: Party
) -> None:
    right, today = assets.right(jida, holders=[(jida, 1, 3), (carol_co, 2, 3)]), clock.today()
    yesterday = today - timedelta(days=1)
    right.titles.update(until=yesterday)
    Title.objects.create(right=right, holder=anne_co, since=yesterday, basis="assignment", source="filing:F-1")
    said = {"holder": anne_co, "passed_by": "filing:F-1", "on": today, "actor": "system:test"}
    with pytest.raises(Refused, match=r"title\.gone"):
        passing.return_title(right, **said | {"passed_by": "filing:F-2"}, source="filing:F-3")
    for _ in range(2):
        passing.return_title(right, **said, source="filing:F-3")
    shares = [(title.holder, title.share_num, title.share_den) for title in holders(Right.objects.get())]
    assert sorted(shares, key=lambda share: share[1]) == [(jida, 1, 3), (carol_co, 2, 3)]
    right.titles.filter(until=None).update(until=today)
    Title.objects.create(right=right, holder=bob_co, since=today, basis="assignment", source="filing:F-4")
    with pytest.raises(Refused, match=r"right\.blocked"):
        passing.return_title(right, **said, source="filing:F-5")
