"""The market's own application for the bids bench, with the limits on one bidder lifted: a few clients play a whole town.

Only a server process loads this file. What is measured is the engine behind the limits, which are tested elsewhere.
"""

from deploy.asgi import application  # sets Django up, so it comes first

# isort: split
from auctions import consumers, guests
from auctions.engine import bids

__all__ = ["application"]

bids.BIDS_A_SECOND = 1_000_000
consumers.FRAMES_A_SECOND = 1_000_000
guests.PER_USER = guests.PER_ADDRESS = 20_000
