"""What other rooms' pages show of valuations."""
