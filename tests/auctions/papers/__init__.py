"""The papers of a lot: its record, the seal under it, who signs."""
