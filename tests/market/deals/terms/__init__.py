"""The terms of a deal as data."""
