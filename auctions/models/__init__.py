"""The shapes of the bidding room: sales and lots, bidders, bids and events."""

from auctions.models.bidding import Bid, Bidder, Event
from auctions.models.sales import Lot, Sale

__all__ = ["Bid", "Bidder", "Event", "Lot", "Sale"]
