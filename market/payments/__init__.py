"""Charges, receipts, settlements and payouts by bank transfer."""
