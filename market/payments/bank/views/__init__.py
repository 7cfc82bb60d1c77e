"""The doors of the reconciliation desk: files in, lines and decisions, payment files out."""
