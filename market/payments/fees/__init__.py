"""The public calculator of what a sale costs each side."""
