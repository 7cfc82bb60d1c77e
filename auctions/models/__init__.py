"""The shapes of the bidding room: sales and lots, bidders, bids and events, packages, the record, fair play, halts."""

from auctions.models.bidding import Bid, Bidder, Event
from auctions.models.defaults import Default, SellerDefault
from auctions.models.fairplay import Bar, Review, Trace
from auctions.models.packages import PackageBid, PackageBidder, PackageRun, PackageSale
from auctions.models.papers import Record, RecordSignature
from auctions.models.safety import Halt, Pause, Probe, Release
from auctions.models.sales import Lot, Sale
from auctions.models.sealed import Envelope, KeyShare, OpeningKey

__all__ = [
    "Bar",
    "Bid",
    "Bidder",
    "Default",
    "Envelope",
    "Event",
    "Halt",
    "KeyShare",
    "Lot",
    "OpeningKey",
    "PackageBid",
    "PackageBidder",
    "PackageRun",
    "PackageSale",
    "Pause",
    "Probe",
    "Record",
    "RecordSignature",
    "Release",
    "Review",
    "Sale",
    "SellerDefault",
    "Trace",
]
