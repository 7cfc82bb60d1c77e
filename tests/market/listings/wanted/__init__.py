"""Wanted posts."""
