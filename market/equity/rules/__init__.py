"""Cap tables and conversions: values in, decisions out."""
