"""Cross-licences: two owners license each other, each licence the other's condition, and one pays the balance."""
