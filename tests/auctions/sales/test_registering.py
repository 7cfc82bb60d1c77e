"""Buyers register for a lot; the agency qualifies them; the deposit gives them a paddle."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.urls import reverse

from auctions import access, actions
from auctions.models import Bidder, Sale
from auctions.queries import lot_terms
from auctions.rules.sales import terms_sha256
from market.kernel import clock
from market.kernel.clock import BEIJING
from market.kernel.errors import Conflict, Refused
from market.ledger import books
from market.parties import actions as parties
from market.parties.models import Party
from market.payments import actions as payments
from market.payments.models import Charge, Payout
from market.rights.conditions import actions as conditions
from market.rights.conditions.models import Condition


def refused(code: str):
    return pytest.raises(Refused, match=f"^{code}")


def register(lot, by):
    return actions.register_bidder(lot=lot, terms_sha256_seen=terms_sha256(lot_terms(lot)), by=by)


def pay(charge, by, number="TX0000001"):
    return payments.confirm(charge=charge, received=charge.amount, bank_reference=number, on=clock.today(), by=by)


def test_anne_registers_is_qualified_pays_and_gets_a_paddle(lot, anne, agent_chen, finance_sun, deliver):
    bidder = register(lot, anne)
    charge = actions.qualify(bidder=bidder, by=agent_chen)
    assert (charge.amount, charge.due_at) == (lot.deposit, lot.sale.register_until)
    pay(charge, finance_sun)
    deliver()
    bidder.refresh_from_db()
    assert (bidder.state, bidder.deposit) == (Bidder.State.ACTIVE, Bidder.Deposit.HELD)
    assert 1001 <= bidder.paddle <= 9999
    assert books.held(f"deposit:{bidder.code}") == lot.deposit
    deliver()
    assert Bidder.objects.get().paddle == bidder.paddle


def test_registering_twice_is_one_registration(lot, anne):
    assert register(lot, anne) == register(lot, anne)
    assert Bidder.objects.count() == 1


def test_the_seller_and_his_affiliates_are_kept_out(lot, li_wei, jida, anne, anne_co, zhou_min):
    parties.declare_affiliation(party=jida, other=anne_co, kind="control", by=li_wei)
    for who in (li_wei, anne, zhou_min):
        with refused("bid.related_party"):
            register(lot, who)
    assert not Bidder.objects.exists()


def test_who_is_not_verified_does_not_register(lot, carol, carol_co):
    type(carol_co).objects.filter(pk=carol_co.pk).update(state="submitted")
    with refused("party.unverified"):
        register(lot, carol)


def test_registration_ends_on_time(lot, anne):
    with clock.shifted_to(lot.sale.register_until + timedelta(seconds=1)), refused("registration.closed"):
        register(lot, anne)
    assert not Bidder.objects.exists()


def test_conditions_that_changed_must_be_read_again(lot, anne):
    with pytest.raises(Conflict, match=r"^terms\.changed"):
        actions.register_bidder(lot=lot, terms_sha256_seen="0" * 64, by=anne)
    assert not Bidder.objects.exists()


def test_a_rejected_bidder_is_told_why_and_may_register_again(lot, anne, agent_chen):
    bidder = register(lot, anne)
    with refused("bidder.remark_missing"):
        actions.reject(bidder=bidder, remark="", by=agent_chen)
    actions.reject(bidder=bidder, remark="授权书缺失", by=agent_chen)
    assert Bidder.objects.get().state == Bidder.State.REJECTED
    again = register(lot, anne)
    assert (again, again.state) == (bidder, Bidder.State.APPLIED)


def test_withdrawing_the_lot_sends_deposits_back_and_cancels_what_is_due(
    lot, anne, bob, agent_chen, finance_sun, zhou_min, deliver
):
    paid, unpaid = register(lot, anne), register(lot, bob)
    pay(actions.qualify(bidder=paid, by=agent_chen), finance_sun)
    actions.qualify(bidder=unpaid, by=agent_chen)
    deliver()
    actions.withdraw_lot(lot=lot, reason="委托人要求", by=zhou_min)
    paid.refresh_from_db()
    assert (paid.state, paid.deposit) == (Bidder.State.ENDED, Bidder.Deposit.RELEASED)
    assert Payout.objects.get().amount == lot.deposit
    assert Charge.objects.get(subject=unpaid.ref).state == Charge.State.CANCELLED


def test_a_deposit_that_arrives_after_the_lot_is_over_goes_back(lot, anne, agent_chen, finance_sun, zhou_min, deliver):
    bidder = register(lot, anne)
    pay(actions.qualify(bidder=bidder, by=agent_chen), finance_sun)
    actions.withdraw_lot(lot=lot, reason="委托人要求", by=zhou_min)
    deliver()
    bidder.refresh_from_db()
    assert bidder.paddle is None
    assert bidder.deposit == Bidder.Deposit.RELEASED
    assert Payout.objects.get(subject=bidder.ref).amount == lot.deposit


def test_another_agency_and_strangers_decide_nothing(lot, anne, mallory):
    bidder = register(lot, anne)
    with pytest.raises(Http404):
        access.desk_bidder_for(mallory, bidder.code)
    with pytest.raises(Http404):
        actions.qualify(bidder=bidder, by=mallory)
    assert Bidder.objects.get().state == Bidder.State.APPLIED


def test_the_page_registers_only_after_the_tick(lot, anne, client_of):
    page, client = reverse("lot-register", args=[lot.code]), client_of(anne)
    terms = terms_sha256(lot_terms(lot))
    assert client.post(page, {"terms": terms}).status_code == 422
    assert not Bidder.objects.exists()
    assert client.post(page, {"terms": terms, "acknowledged": "yes"}).status_code == 302
    assert Bidder.objects.get().party == anne.acting_for
    assert client.get(page).status_code == 200


def test_calendar_sale_and_its_file_are_public(lot, client):
    month = lot.opens_at.strftime("%Y-%m")
    assert lot.sale.title in client.get(reverse("calendar"), {"month": month}).content.decode()
    assert client.get(reverse("calendar"), {"month": "never"}).status_code == 200
    assert client.get(reverse("sale", args=[lot.sale.code])).status_code == 200
    assert b"BEGIN:VEVENT" in client.get(reverse("sale-ics", args=[lot.sale.code])).content


@pytest.mark.parametrize(
    ("hours", "state", "word"), [(1, "noticed", "公告发布"), (-1, "noticed", "正在竞价"), (-1, "closed", "已结束")]
)
def test_a_sale_says_when_its_bidding_has_begun(lot, client, hours, state, word):
    opens_at = clock.now() + timedelta(hours=hours)
    past = opens_at - timedelta(days=9)
    Sale.objects.update(opens_at=opens_at, register_until=past, display_from=past, state=state)
    calendar = client.get(reverse("calendar"), {"month": f"{opens_at.astimezone(BEIJING):%Y-%m}"}).content.decode()
    sale = client.get(reverse("sale", args=[lot.sale.code])).content.decode().split("<h2", 1)[0]
    assert [word in calendar, word in sale] == [True, True]


def test_a_proven_priority_right_is_ranked_where_the_rules_match_a_price(lot, anne, agent_chen, client_of):
    terms = terms_sha256(lot_terms(lot))
    bidder = actions.register_bidder(lot=lot, terms_sha256_seen=terms, by=anne)
    with pytest.raises(Refused, match=r"bidder\.rank"):
        actions.qualify(bidder=bidder, by=agent_chen, priority=1)
    Sale.objects.filter(pk=lot.sale_id).update(rules={**lot.sale.rules, "priority_match": True})
    desk, page = client_of(agent_chen), f"/desk/sales/{lot.sale.code}/bidders/"
    assert "Rank of a proven priority right" in desk.get(page).content.decode()
    for typed in ("0", "100", "first", "-1"):
        desk.post(f"/desk/bidders/{bidder.code}/qualify/", {"priority": typed})
        bidder.refresh_from_db()
        assert (bidder.state, bidder.priority) == (Bidder.State.APPLIED, None)
    desk.post(f"/desk/bidders/{bidder.code}/qualify/", {"priority": "2"})
    bidder.refresh_from_db()
    assert (bidder.state, bidder.priority) == (Bidder.State.QUALIFIED, 2)
    assert "Priority right, rank 2" in desk.get(page).content.decode()


def test_a_foreign_bidder_waits_for_the_class_of_the_technology(lot, anne, anne_co, agent_chen, li_wei, deliver):
    Party.objects.filter(pk=anne_co.pk).update(foreign=True)
    bidder = register(lot, anne)
    deliver()
    asked = Condition.objects.get()
    assert (asked.kind, asked.owner, asked.asked_by) == ("export", lot.listing.seller, lot.sale.agency)
    with refused(r"right\.blocked"):
        actions.qualify(bidder=bidder, by=agent_chen)
    assert Bidder.objects.get().state == Bidder.State.APPLIED
    paper = conditions.Paper("class.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", "application/pdf")
    conditions.answer(asked, answer="free", by=li_wei, paper=paper)
    assert actions.qualify(bidder=bidder, by=agent_chen) is not None


def test_a_bidder_from_here_is_asked_for_no_class(lot, anne, deliver):
    register(lot, anne)
    deliver()
    assert not Condition.objects.exists()
