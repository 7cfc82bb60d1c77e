"""One right from an office's file to the last yuan: every step by the person whose step it is."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command

from auctions import actions, engine
from auctions.models import Bidder, Event, Lot, Sale
from auctions.queries import lot_terms
from auctions.rules.sales import terms_sha256
from market.deals import actions as deals
from market.deals.models import Deal, Paper
from market.filings import actions as filings
from market.kernel import clock
from market.kernel.money import Money
from market.ledger import books
from market.ledger.models import Account, Transfer
from market.listings import actions as listings
from market.notices.models import Notice
from market.payments import actions as payments
from market.payments.models import Charge, Payout
from market.payments.queries import payee_account
from market.rights.models import Right
from market.rights.queries import holders
from market.trail.models import Fact
from tests import assets
from tests.people import owner_of

PATENT = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "patents" / "US08926509.xml"
PAPER = filings.Upload("notice.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")


def yuan(figure: int) -> Money:
    return Money(figure * 100, "CNY")


@pytest.fixture
def imported(jida) -> Right:
    """A real US patent, entered from the office's own XML by the command."""
    if not PATENT.exists():
        pytest.skip("the shared records are not beside this checkout")
    call_command("import_rights", str(PATENT), "--commit", "--party", jida.code, stdout=StringIO())
    return Right.objects.get()


class Story:
    """The people of the journey and what each of them does."""

    def __init__(self, seller, agency, finance, deliver) -> None:
        self.seller, self.agency, self.finance, self.deliver = seller, agency, finance, deliver
        self.agent, self.bank = owner_of(agency), 0

    def list(self, right: Right):
        by = owner_of(self.seller)
        listing = listings.draft(right=right, seller=self.seller, by=by)
        listing = listings.declare(listing, edition=listing.edition, owners=[(self.seller, 1, 1)], burdens=[], by=by)
        offer = {"pricing": "auction", "asking": None, "agency": self.agency}
        listing = listings.offer(listing, edition=listing.edition, by=by, **offer)
        listing = listings.set_reserve(listing, edition=listing.edition, reserve=yuan(1_050_000), by=by)
        listing = listings.edit(listing, edition=listing.edition, by=by, summary="医学影像检测方法", defects="无")
        assets.give_proof(listing)
        return listings.accept(listings.submit(listing, by=by), by=self.agent)

    def announce(self, listing) -> Lot:
        opens_at = clock.now() + timedelta(days=20)
        sale = actions.create_sale(
            agency=self.agency,
            title="冬季专场",
            title_en="Winter sale",
            mode=Sale.Mode.AUCTION,
            auctioneer=self.agency.auctioneers.get(),
            ruleset="commercial",
            display_from=clock.now(),
            register_until=opens_at - timedelta(hours=1),
            opens_at=opens_at,
            media_proof="吉林日报 第 6 版",
            by=self.agent,
        )
        terms = {"start": yuan(1_000_000), "deposit": yuan(100_000), "step": yuan(20_000)}
        actions.add_lot(sale=sale, listing=listing, duration=timedelta(hours=1), by=self.agent, **terms)
        actions.publish_notice(sale=sale, by=self.agent)
        return self.lot()

    def lot(self) -> Lot:
        return Lot.objects.select_related("sale__agency", "listing__right", "listing__seller").get()

    def receive(self, charge: Charge) -> None:
        self.bank += 1
        received = {"received": charge.amount, "bank_reference": f"IN{self.bank:08d}", "on": clock.today()}
        payments.confirm(charge=charge, by=self.finance, **received)
        self.deliver()

    def send(self, payout: Payout) -> None:
        self.bank += 1
        payments.approve_payout(payout=payout, account_seen=payee_account(payout), by=self.agent)
        payments.send_payout(payout=payout, bank_reference=f"OUT{self.bank:08d}", on=clock.today(), by=self.finance)
        self.deliver()

    def register(self, lot: Lot, user) -> Bidder:
        bidder = actions.register_bidder(lot=lot, terms_sha256_seen=terms_sha256(lot_terms(lot)), by=user)
        self.receive(actions.qualify(bidder=bidder, by=self.agent))
        bidder.refresh_from_db()
        return bidder

    def bid(self, bidder: Bidder, figure: int) -> engine.Answer:
        return engine.place_bid(
            engine.Offer(
                lot_id=bidder.lot_id, bidder_id=bidder.pk, key=uuid4(), amount=yuan(figure), received_at=clock.now()
            )
        )

    def sign(self, deal: Deal, kind: str, *roles: str) -> None:
        paper = Paper.objects.select_related("version").get(deal=deal, kind=kind)
        for role in roles:
            by = owner_of(getattr(deal, role))
            deals.sign(paper=paper, role=role, by=by, sha256=paper.version.sha256, statement="我已阅读并同意")
        self.deliver()


def test_a_real_patent_from_the_offices_file_to_the_last_yuan(
    imported, jida, agency, finance_sun, anne, anne_co, bob, bob_co, mallory, deliver
):
    story = Story(jida, agency, finance_sun, deliver)
    lot = story.announce(story.list(imported))
    annes, bobs = story.register(lot, anne), story.register(lot, bob)

    with clock.shifted_to(lot.opens_at + timedelta(minutes=1)):
        assert engine.open_due() == 1
        assert story.bid(annes, 1_000_000).accepted
        assert story.bid(bobs, 1_020_000).accepted
        assert story.bid(annes, 1_030_000).code == "bid.too_low"
        assert story.bid(annes, 1_050_000).code == "bid.off_grid"
    with clock.shifted_to(lot.ends_at - timedelta(seconds=30)):
        assert story.bid(annes, 1_060_000).accepted
    assert story.lot().extensions == 1
    assert story.lot().ends_at > lot.ends_at
    with clock.shifted_to(lot.ends_at):
        assert engine.close_due() == 0, "the extension moved the end"
    with clock.shifted_to(story.lot().ends_at):
        assert engine.close_due() == 1
        assert engine.close_due() == 0
        deliver()
        _from_hammer_to_title(story, bobs)
        deal = Deal.objects.get()
        assert books.balance(f"payable:{jida.code}") == Money.zero("CNY"), "nothing leaves escrow before title passes"
        _from_title_to_the_bank(story, deal, jida, agency)

    deal.refresh_from_db()
    assert (deal.buyer, deal.price, deal.state) == (anne_co, yuan(1_060_000), Deal.State.CLOSED)
    assert [title.holder for title in holders(imported)] == [anne_co]
    _the_books_are_clean(agency, commission=yuan(31_800) + yuan(53_000))
    told = Fact.objects.filter(subject=deal.ref, name__startswith="deal.").order_by("pk").values_list("name", flat=True)
    walk = ["formed", "confirmed", "signed", "paid", "filed", "title_passed", "settled", "closed"]
    assert [name.removeprefix("deal.") for name in told] == walk
    assert not Notice.objects.filter(user=mallory).exclude(fact__subject=mallory.acting_for.ref).exists()
    said = StringIO()
    call_command("verify_lot", lot.code, stdout=said)
    assert Event.objects.filter(lot=lot).count() == story.lot().seq


def _from_hammer_to_title(story: Story, loser: Bidder) -> None:
    story.send(Payout.objects.get(subject=loser.ref))
    deal = Deal.objects.get()
    story.sign(deal, "confirmation", "buyer", "agency")
    story.sign(deal, "contract", "seller", "buyer")
    charge = Charge.objects.get(subject=deal.ref)
    assert charge.amount == yuan(1_060_000) + yuan(53_000) - yuan(100_000)
    story.receive(charge)
    filing = Deal.objects.get().filings.get()
    filing = filings.submit(filing, number="US-2026-0001", on=clock.today(), by=story.agent)
    due = clock.today() + timedelta(days=30)
    filing = filings.request_correction(filing, note="受让人英文名称不一致", due_on=due, document=PAPER, by=story.agent)
    filing = filings.resubmit(filing, on=clock.today(), note="已补正", by=story.agent)
    filings.accept(filing, number="067890/0123", on=clock.today(), certificate=PAPER, by=story.agent)
    story.deliver()


def _from_title_to_the_bank(story: Story, deal: Deal, jida, agency) -> None:
    deal.refresh_from_db()
    assert deal.state == Deal.State.TITLE_PASSED
    payments.post_settlement(settlement=deal.settlement, by=story.finance)
    story.deliver()
    payout = Payout.objects.get(payee=jida)
    assert payout.amount == yuan(1_060_000) - yuan(31_800)
    for due in Payout.objects.filter(state=Payout.State.DUE):
        story.send(due)


def _the_books_are_clean(agency, *, commission: Money) -> None:
    """Every account that passes money on is empty; the bank holds the agency's own commission and nothing else."""
    for account in Account.objects.exclude(code__startswith="bank:").exclude(code__startswith="commission:"):
        assert books.balance(account.code) == Money.zero("CNY"), account.code
        assert books.held(account.code) == Money.zero("CNY"), account.code
    bank, earned = books.balance(f"bank:{agency.code}"), books.balance(f"commission:{agency.code}")
    assert bank == earned
    assert earned in (commission, Money.zero("CNY")), "kept on the supervised account, or paid out as commission"
    assert Transfer.objects.exists()
    call_command("audit_books", stdout=StringIO())
