"""The doors of parties: an organisation's own pages, the agencies' directory, the desk that verifies."""
