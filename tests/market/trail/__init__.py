"""Facts, and their delivery."""
