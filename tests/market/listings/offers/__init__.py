"""Offers: how one negotiates over a listing."""
