"""A buyer that does not pay: reminded, declared by a person, its deposit forfeited, the right sold again, the claim final."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from auctions import actions, engine, lawful, queries
from auctions.defaults import actions as defaults
from auctions.defaults import queries as claims
from auctions.models import Bar, Bidder, Default, Lot, Sale
from auctions.rules.presets import COMMERCIAL
from auctions.rules.sales import terms_sha256
from market.deals.models import Deal
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.ledger import queries as ledger
from market.listings.models import Listing
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments import handlers as payment_handlers
from market.payments.models import Charge, DepositOutcome, Payout
from market.trail.models import Fact
from tests.auctions import factory
from tests.auctions.factory import yuan
from tests.auctions.fairplay.test_reviews import close

pytestmark = pytest.mark.django_db
Deliver = Callable[[], None]


def late(lot: Lot) -> Deal:
    """The deal of a sold lot whose buyer has signed the contract and should have paid by yesterday."""
    deal = Deal.objects.select_related("buyer", "seller", "agency").get(origin=lot.ref)
    payments.request(
        purpose=Charge.Purpose.PRICE,
        subject=deal.ref,
        payer=deal.buyer,
        agency=deal.agency,
        account=f"escrow:{deal.origin}",
        amount=yuan(950_000),
        due_at=clock.now(),
        actor="system:test",
    )
    Deal.objects.filter(pk=deal.pk).update(state="signed", due_on=clock.today() - timedelta(days=1))
    return Deal.objects.get(pk=deal.pk)


@pytest.fixture
def lot(jida: Party, agency: Party) -> Lot:
    """Open for half an hour, under rules that give a late buyer no grace."""
    return factory.lot(jida, agency, of_sale=factory.sale(agency, grace_days=0))


@pytest.fixture
def sold(lot: Lot, anne_bids: Bidder, bob_bids: Bidder, deliver: Deliver) -> Deal:
    """Anne won at ¥1,000,000 with a deposit of ¥100,000; both commissions come to ¥80,000."""
    factory.bid(anne_bids, 1_000_000)
    close(lot, deliver)
    return late(lot)


def default_of(deal: Deal, by: User) -> Default:
    """The buyer's default, declared under rules without grace."""
    return defaults.declare(deal=deal, reason="逾期未付成交价款，经催告仍未支付。", by=by)


def standing() -> dict[str, Money]:
    return {row.code: row.balance for row in ledger.trial_balance() if row.balance}


def refused(code: str, act: Callable[[], object]) -> None:
    """`act` is refused, and nothing has changed."""
    before = [*Deal.objects.values(), *Charge.objects.values(), *Payout.objects.values(), *standing().items()]
    facts = Fact.objects.count()
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    after = [*Deal.objects.values(), *Charge.objects.values(), *Payout.objects.values(), *standing().items()]
    assert (after, Fact.objects.count()) == (before, facts)


def test_nobody_is_in_default_before_a_reminder_and_its_days(sold: Deal, agent_chen: User) -> None:
    Sale.objects.update(rules={**COMMERCIAL.as_data(), "grace_days": 3})
    refused("default.no_notice", lambda: defaults.declare(deal=sold, reason="未付", by=agent_chen))
    for _ in range(2):
        defaults.remind(deal=sold, by=agent_chen)
    (told,) = Fact.objects.filter(name="deal.reminded")
    assert told.audience == [sold.buyer.ref]
    refused("default.grace", lambda: defaults.declare(deal=sold, reason="未付", by=agent_chen))
    with clock.shifted_to(clock.now() + timedelta(days=12)):
        assert default_of(sold, agent_chen).reason


def test_a_price_on_its_way_is_looked_for_first(sold: Deal, agent_chen: User, anne: User) -> None:
    payments.report(charge=Charge.objects.get(subject=sold.ref), bank_reference="TX0001", proof=None, by=anne)
    refused("default.payment_reported", lambda: defaults.declare(deal=sold, reason="未付", by=agent_chen))


def test_the_default_ends_the_deal_and_the_deposit_goes_where_the_rules_say(
    sold: Deal, agent_chen: User, agency: Party, jida: Party, deliver: Deliver
) -> None:
    made = default_of(sold, agent_chen)
    assert defaults.declare(deal=sold, reason="again", by=agent_chen) == made
    deliver()
    assert Deal.objects.get(pk=sold.pk).state == "defaulted"
    assert Charge.objects.get(subject=sold.ref).state == "cancelled"
    outcomes = {row.hold.ref: row.kind for row in DepositOutcome.objects.select_related("hold")}
    anne, bob = Bidder.objects.get(paddle=8036), Bidder.objects.get(paddle=2417)
    assert outcomes == {f"bidder:{anne.code}:bond": "forfeited", f"bidder:{bob.code}:bond": "released"}
    assert anne.deposit == "forfeited"
    sums = {row.payee: (row.purpose, row.amount) for row in Payout.objects.filter(subject=sold.ref)}
    assert sums == {agency: ("commission", yuan(80_000)), jida: ("damages", yuan(20_000))}
    assert standing()[f"payable:{jida.code}"] == yuan(20_000)
    assert f"escrow:{sold.origin}" not in standing()
    assert Bar.objects.filter(party=sold.buyer).count() == 2


def test_the_right_is_sold_again_and_the_claim_is_final(
    sold: Deal, agent_chen: User, li_wei: User, agency: Party, carol_co: Party, bob_co: Party, deliver: Deliver
) -> None:
    first = default_of(sold, agent_chen)
    assert claims.claim_of(first).lines[0].amount == yuan(30_000)
    for _ in range(2):
        assert defaults.agree(default=first, by=li_wei).state == "reauction"
    listing = Listing.objects.get(pk=first.lot.listing_id)
    assert listing.state == "published"
    assert claims.claim_of(defaults.queries.default_of(sold)).lines[2].amount is None
    again = lot_again(listing, agency, yuan(700_000))
    assert again.previous == first.lot
    carol = factory.bidder(again, carol_co, 3003)
    factory.bid(carol, 900_000)
    close(again, deliver)
    final = Default.objects.get()
    assert (final.state, final.sold_again, final.second) == ("final", again, yuan(900_000))
    claim = claims.claim_of(claims.default_of(sold) or final)
    assert (claim.owed, claim.outstanding) == (yuan(180_000), yuan(80_000))
    assert [lot.pk for lot in claims.chain_of(again)] == [first.lot.pk, again.pk]
    assert defaults.conclude(lot=again) is None
    assert Fact.objects.filter(name="default.final").count() == 1


def test_a_seller_that_wants_no_second_sale_claims_the_commissions_alone(
    sold: Deal, agent_chen: User, li_wei: User
) -> None:
    made = default_of(sold, agent_chen)
    for _ in range(2):
        ended = defaults.decline(default=made, by=li_wei)
    assert claims.claim_of(ended).owed == yuan(80_000)
    with pytest.raises(Refused, match=r"state\.illegal"):
        defaults.agree(default=made, by=li_wei)


def test_an_advance_stays_in_escrow_until_the_claim_is_final_and_the_rest_goes_back(
    sold: Deal, agent_chen: User, li_wei: User, agency: Party
) -> None:
    Sale.objects.update(deposit_kind="advance")
    made = default_of(sold, agent_chen)
    assert (made.forfeited, made.advance) == (yuan(0), yuan(100_000))
    assert standing()[f"escrow:{sold.origin}"] == yuan(100_000)
    defaults.decline(default=made, by=li_wei)
    sums = {row.payee: (row.purpose, row.amount) for row in Payout.objects.filter(subject=sold.ref)}
    assert sums == {agency: ("commission", yuan(80_000)), sold.buyer: ("refund", yuan(20_000))}
    assert DepositOutcome.objects.get(hold__credit__code=f"escrow:{sold.origin}", hold__posting__isnull=False).kind == (
        "released"
    )
    assert f"escrow:{sold.origin}" not in standing()


def test_the_deposit_of_who_pays_is_applied_for_good(sold: Deal, finance_sun: User) -> None:
    charge = Charge.objects.get(subject=sold.ref)
    payments.confirm(charge=charge, received=charge.amount, bank_reference="TX0002", on=clock.today(), by=finance_sun)
    payment_handlers.on_deal_paid(Fact.objects.get(name="deal.paid"))
    held = DepositOutcome.objects.filter(hold__posting__isnull=False)
    assert [row.kind for row in held] == ["applied"]
    with pytest.raises(Refused, match=r"deposit\.ended"):
        payments.forfeit(sold, parts=[], due_at=clock.now(), actor="system:test")


def lot_again(listing: Listing, agency: Party, start: Money, sale: Sale | None = None) -> Lot:
    """The listing in a new sale, open for bids when it is time."""
    sale = sale or factory.sale(agency)
    times = {"start": start, "deposit": yuan(100_000), "step": yuan(20_000)}
    terms = lawful.lawful_terms(sale, COMMERCIAL, listing, 1, Lot.Format.ENGLISH, {}, timedelta(minutes=90), **times)
    Listing.objects.filter(pk=listing.pk).update(state="in_sale")
    made = Lot.objects.create(
        sale=sale,
        number=1,
        listing=listing,
        currency="CNY",
        start_minor=start.minor,
        deposit_minor=100_000_00,
        increments=[[0, 20_000_00]],
        state=Lot.State.NOTICED,
        **terms,
    )
    engine.open_due()
    made.refresh_from_db()
    return made


def test_who_defaulted_comes_back_neither_as_a_party_nor_as_anothers_agent(
    sold: Deal,
    agent_chen: User,
    li_wei: User,
    agency: Party,
    anne: User,
    carol_co: Party,
    deliver: Deliver,
) -> None:
    made = default_of(sold, agent_chen)
    deliver()
    defaults.agree(default=made, by=li_wei)
    Bar.objects.exclude(agency=None).delete()  # the agency's bar alone would stop the party
    sale = factory.sale(agency, opens_in=timedelta(days=2))
    listing = Listing.objects.get(pk=made.lot.listing_id)
    again = lot_again(listing, agency, yuan(700_000), sale)
    carol_co.memberships.create(user=anne, role="agent")
    for acting in (sold.buyer, carol_co):
        anne.acting_for = acting
        anne.save()
        with pytest.raises(Refused, match=r"registration\.barred"):
            actions.register_bidder(
                lot=again, terms_sha256_seen=terms_sha256(queries.lot_terms(again)), by=User.objects.get(pk=anne.pk)
            )
    assert not again.bidders.exists()
