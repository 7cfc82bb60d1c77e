"""A bidder's deposit: what it is, how much it comes to, and how long it lets its bidder bid."""
