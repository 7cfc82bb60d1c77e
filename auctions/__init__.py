"""Sales, lots and the bidding room."""
