"""The only hand that takes bids and opens and closes lots."""

from auctions.engine.bids import admit, place_bid
from auctions.engine.closing import close, close_due, close_sales, is_closing, open_due
from auctions.engine.halts import enforce, release, stop
from auctions.engine.hosting import command
from auctions.engine.offers import Answer, Offer, binding
from auctions.engine.writer import bid, probe, submit

__all__ = [
    "Answer",
    "Offer",
    "admit",
    "bid",
    "binding",
    "close",
    "close_due",
    "close_sales",
    "command",
    "enforce",
    "is_closing",
    "open_due",
    "place_bid",
    "probe",
    "release",
    "stop",
    "submit",
]
