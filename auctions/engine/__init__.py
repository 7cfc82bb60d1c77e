"""The only hand that takes bids and opens and closes lots."""

from auctions.engine.bids import Answer, admit, place_bid
from auctions.engine.closing import close_due, open_due

__all__ = ["Answer", "admit", "close_due", "open_due", "place_bid"]
