"""Bundles: a portfolio on offer as one subject, its rights listed together, whole or in parts."""
