"""Deposits of bidders: what they may be, how long they let one bid, what becomes of them."""
