"""Whole stories, from the first paper to the last yuan."""
