"""Price guidance: what others paid on this market and what the seller's own appraisals say, beside a reserve that is far above."""
