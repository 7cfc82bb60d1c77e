"""From an offer to a deal."""
