"""Dividend rights (分红权): a part of what a right or a project earns, declared once for each period to those who share in it."""
