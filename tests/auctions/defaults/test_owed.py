"""What a side in default owes is asked for and passed on: the buyer's claim, the seller's earnest money once more."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from auctions.defaults import actions as defaults
from auctions.defaults.rules import First
from auctions.models import Sale, SellerDefault
from market.deals import undoing
from market.deals.models import Deal
from market.kernel import clock
from market.ledger import books
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.arrears import queries as arrears
from market.payments.models import Charge, DepositOutcome, Payout, Settlement
from tests.auctions.defaults.test_defaulting import default_of, lot, sold  # noqa: F401
from tests.auctions.factory import yuan
from tests.market.payments.stage import approved, send

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]
Deliver = Callable[[], None]
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def pay(charge: Charge, by: User, deliver: Deliver) -> None:
    payments.confirm(charge=charge, received=charge.amount, bank_reference="TX-OWED", on=clock.today(), by=by)
    deliver()


def test_what_nothing_covered_of_a_claim_is_asked_for_and_goes_to_whom_it_is_owed(
    sold: Deal,  # noqa: F811
    agent_chen: User,
    finance_sun: User,
    li_wei: User,
    anne: User,
    agency: Party,
    jida: Party,
    client_of: ClientOf,
    deliver: Deliver,
) -> None:
    made = default_of(sold, agent_chen)
    deliver()
    defaults.agree(default=made, by=li_wei)
    assert not Charge.objects.filter(purpose="claim").exists(), "the second price is not known yet"
    made.refresh_from_db()
    defaults._end(made, actor="system:test", sold_again=made.lot, second_minor=900_000_00)
    deliver()
    charge = Charge.objects.get(purpose="claim")
    assert (charge.payer, charge.amount, charge.state) == (sold.buyer, yuan(80_000), "due")
    assert [row.whole for row in arrears.ageing(agency, clock.today())] == [yuan(80_000)]
    assert charge.reference in client_of(anne).get(f"/deals/{sold.code}/claim/").content.decode()
    assert client_of(anne).get(f"/payments/{charge.code}/").status_code == 200
    pay(charge, finance_sun, deliver)
    defaults.share_claim(default=made)
    paid_on = Payout.objects.get(ref__endswith=":claim_damages")
    assert (paid_on.payee, paid_on.amount) == (jida, yuan(80_000))
    for payout in Payout.objects.filter(subject=sold.ref, payee=jida):
        send(approved(payout), finance_sun)
    assert books.balance(f"payable:{jida.code}").minor == 0
    assert books.balance(f"escrow:{sold.origin}").minor == 0


@pytest.mark.parametrize(
    ("forfeited", "taken", "left"), [(0, 0, 80_000), (50_000, 0, 30_000), (0, 60_000, 20_000), (50_000, 60_000, 0)]
)
def test_of_a_claim_the_agency_gets_first_what_of_the_commissions_nothing_covered(
    forfeited: int, taken: int, left: int
) -> None:
    first = First(yuan(1_000_000), yuan(30_000), yuan(50_000), yuan(forfeited), yuan(taken))
    assert first.left_after(yuan(taken)) == yuan(left)


def test_a_seller_in_default_returns_the_earnest_money_double(
    sold: Deal,  # noqa: F811
    agent_chen: User,
    finance_sun: User,
    zhou_min: User,
    li_wei: User,
    anne: User,
    client_of: ClientOf,
    deliver: Deliver,
) -> None:
    url, desk = f"/deals/{sold.code}/seller-default/", client_of(agent_chen)
    assert desk.get(url).status_code == 404, "a bid bond is not returned double"
    Sale.objects.update(deposit_kind="earnest_money")
    assert client_of(anne).get(url).status_code == 404
    assert url in desk.get(f"/deals/{sold.code}/").content.decode()
    assert desk.post(url, {"reason": "拒签"}).status_code == 422
    for _ in range(2):
        paper = SimpleUploadedFile("refusal.pdf", PDF, "application/pdf")
        said = desk.post(url, {"reason": "委托人书面拒绝签署转让合同。", "evidence": paper})
    assert said.status_code == 404, "the deal has ended: once is enough"
    deliver()
    made = SellerDefault.objects.get()
    assert (made.paid, made.again) == (yuan(100_000), yuan(100_000))
    charge = Charge.objects.get(purpose="double")
    assert (charge.payer, charge.state) == (sold.seller, "due"), "the end of the deal does not cancel it"
    assert Charge.objects.get(subject=sold.ref, purpose="price").state == "cancelled"
    assert client_of(li_wei).get(f"/payments/{charge.code}/").status_code == 200
    assert charge.reference in client_of(li_wei).get(f"/deals/{sold.code}/double/").content.decode()
    assert client_of(anne).get(f"/deals/{sold.code}/double.pdf").content.startswith(b"%PDF")
    pay(charge, finance_sun, deliver)
    payments.post_settlement(settlement=Settlement.objects.get(deal=sold), by=zhou_min)
    back = [row.amount for row in Payout.objects.filter(subject=sold.ref, payee=sold.buyer)]
    assert sum(amount.minor for amount in back) == 200_000_00
    assert DepositOutcome.objects.get(hold__posting__isnull=False).kind == "released"


def test_the_deposit_of_a_deal_that_a_review_annuls_is_given_back_for_good(
    sold: Deal,  # noqa: F811
    zhou_min: User,
    deliver: Deliver,
) -> None:
    undoing.annul(sold, reason="竞买人恶意串通", actor="system:test")
    deliver()
    for _ in range(2):
        payments.post_settlement(settlement=Settlement.objects.get(deal=sold), by=zhou_min)
    assert DepositOutcome.objects.get(hold__posting__isnull=False).kind == "released"
    assert [row.amount for row in Payout.objects.filter(subject=sold.ref)] == [yuan(100_000)]
