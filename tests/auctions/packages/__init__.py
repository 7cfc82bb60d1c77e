"""Package auctions: rules, published cases, the file, the room."""
