"""Supplementary agreements: other terms for the periods of a licence from a day on, agreed to and signed by both sides."""
