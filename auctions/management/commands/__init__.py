"""Commands of the auctions."""
