"""Licences, their terms of payment and their statements."""
