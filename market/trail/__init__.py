"""What happened: append-only facts and their delivery to the handlers that wake on them."""
