"""A bidder whose deposit arrives as it does on the market: asked for, received, and held by the sale's rules."""

from auctions.deposits import actions
from auctions.models import Bidder, Lot
from market.ledger import books
from market.parties.models import Party


def bidder(of_lot: Lot, party: Party) -> Bidder:
    """`party` qualified for the lot, its deposit received and its paddle given out."""
    made = Bidder.objects.create(
        lot=of_lot,
        party=party,
        user=party.memberships.all()[0].user,
        state=Bidder.State.QUALIFIED,
        terms_sha256="0" * 64,
    )
    bank, account = f"bank:{of_lot.sale.agency.code}", f"deposit:{made.code}"
    books.transfer(of_lot.deposit, debit=bank, credit=account, ref=f"test:{made.code}", memo="deposit")
    actions.activate(bidder=made, actor="system:test")
    made.refresh_from_db()
    return made
