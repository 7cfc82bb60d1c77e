"""Purchases in default, from the reminder to the final claim."""
