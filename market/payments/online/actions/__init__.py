"""Writes about money through Stripe, each one transaction; none of them asks Stripe (`errands` does, between two)."""

from market.payments.online.actions.accounts import connect
from market.payments.online.actions.checkouts import start
from market.payments.online.actions.disputes import release_dispute
from market.payments.online.actions.outgoing import release_payout

__all__ = ["connect", "release_dispute", "release_payout", "start"]
