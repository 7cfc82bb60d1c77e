"""The shapes of the bidding room: sales and lots, bidders, bids and events, the record, and what fair play keeps."""

from auctions.models.bidding import Bid, Bidder, Event
from auctions.models.fairplay import Bar, Review, Trace
from auctions.models.papers import Record, RecordSignature
from auctions.models.sales import Lot, Sale

__all__ = ["Bar", "Bid", "Bidder", "Event", "Lot", "Record", "RecordSignature", "Review", "Sale", "Trace"]
