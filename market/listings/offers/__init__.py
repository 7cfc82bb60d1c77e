"""Offers: buyer and holder negotiate over a published listing, version by version, until one side accepts or it is over."""
