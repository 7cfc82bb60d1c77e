"""Cap tables, conversions, contributions and dilution: values in, decisions out."""
