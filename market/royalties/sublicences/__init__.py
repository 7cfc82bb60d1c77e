"""Sublicences: what a licensee lets somebody else do with a right, within its licence and as its terms allow."""
