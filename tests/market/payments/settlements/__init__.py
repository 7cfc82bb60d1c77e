"""Settlements: the order of the law, claims and their papers, and deals undone."""
