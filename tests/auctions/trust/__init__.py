"""What a stranger can check: signatures, receipts, audit files, sealed bids."""
