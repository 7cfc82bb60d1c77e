"""How banks write statements: CAMT.053, MT940, tables with a column map; bytes in, sheets out, or a refusal that names the row."""
