"""What a statement is computed by: values in, decisions out."""
