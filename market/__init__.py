"""The market: small rooms on numbered floors. Calls go down. Facts go up.

A file imports its own room and lower floors, nothing else. When something above must react to something below, the
lower room records a fact (`market.trail.journal.record`) in the same transaction, and `deploy/wiring.py` says who wakes.
The floors are also the lock order: row locks are only ever taken downward, and inside one model `order_by("pk")`.
"""
