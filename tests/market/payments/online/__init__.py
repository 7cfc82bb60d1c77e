"""Money through Stripe, over HTTP against the stand-in."""
