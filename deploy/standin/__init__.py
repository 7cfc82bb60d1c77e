"""A stand-in for Stripe: what the market asks of it, kept in memory or a file, over real HTTP; for the demo and the tests.

It proves how we speak to Stripe, not how Stripe behaves: where the two differ, Stripe is right.
"""
