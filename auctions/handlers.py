"""What the auctions do when something below them happened."""

from auctions import fairplay, papers
from auctions.defaults import actions as defaults
from auctions.deposits import actions as deposits
from auctions.models import Bidder, Default, Lot
from market.deals import queries as deals
from market.listings.offers import rounds
from market.parties.models import Party
from market.payments.models import Charge
from market.trail.models import Fact

LOTS = Lot.objects.select_related("sale__agency", "listing__seller", "listing__right", "leader")


def on_charge_confirmed(fact: Fact) -> None:
    """A deposit arrived: the registration it belongs to may bid. A claim was paid: it goes to whom it is owed."""
    kind, _, code = str(fact.data.get("for", "")).partition(":")
    if kind == "bidder":
        deposits.activate(bidder=Bidder.objects.get(code=code), actor=fact.actor)
    if fact.data.get("purpose") == Charge.Purpose.CLAIM:
        defaults.share_claim(default=Default.objects.get(deal__code=code))


def on_hold_expired(fact: Fact) -> None:
    """A hold expired and is void: the deposit it kept goes back, unless it was renewed."""
    family, _, code = str(fact.data["account"]).partition(":")
    if family == "deposit":
        deposits.lapse(bidder=Bidder.objects.get(code=code), actor=deposits.ACTOR)


def on_lot_sold(fact: Fact) -> None:
    """The hammer fell: look whether the bidding was fair, before any money is shared out; and where the right was sold once
    before to a buyer in default, say what that one owes."""
    lot = LOTS.get(code=fact.subject.removeprefix("lot:"))
    fairplay.review_lot(lot)
    defaults.conclude(lot=lot)


def on_lot_over(fact: Fact) -> None:
    """The bidding is over: draft its record (拍卖法 53)."""
    papers.draft_record(LOTS.get(code=fact.subject.removeprefix("lot:")))


def on_lot_passed_in(fact: Fact) -> None:
    """Nobody got it: ask its consignor whether those who were registered for it may make offers among themselves."""
    lot = LOTS.get(code=fact.subject.removeprefix("lot:"))
    registered = Party.objects.filter(bidders__lot=lot, bidders__paddle__isnull=False)
    rounds.propose(lot.listing, origin=lot.ref, invited=registered.order_by("pk"), actor=fact.actor)


def on_deal_defaulted(fact: Fact) -> None:
    """A buyer did not pay: it may not bid for that again, and the bidding is looked at once more with that in mind."""
    deal = deals.by_ref(fact.subject)
    fairplay.bar_defaulter(deal)
    lot = LOTS.filter(code=deal.concluded_at.removeprefix("lot:")).first()
    if lot is not None:
        fairplay.review_lot(lot, defaulted=True)
