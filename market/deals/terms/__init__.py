"""The terms of a deal as data: one document with a schema, judged, put in plain words, and handed to other systems."""

from market.deals.terms.documents import VERSION, check, digest
from market.deals.terms.lint import Finding, lint
from market.deals.terms.ocf import to_ocf
from market.deals.terms.odrl import to_odrl
from market.deals.terms.pil import to_pil
from market.deals.terms.words import plain_words

__all__ = ["VERSION", "Finding", "check", "digest", "lint", "plain_words", "to_ocf", "to_odrl", "to_pil"]
