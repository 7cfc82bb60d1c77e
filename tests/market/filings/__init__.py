"""Filings at the office."""
