"""A seller in default on earnest money returns it double: stated with its evidence, asked for, passed on (民法典 587)."""
