"""Purchases in default: declared by the agency, claimed for by computation, and the lot sold again (拍卖法 39)."""
