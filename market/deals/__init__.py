"""One agreement, from handshake to closing."""
