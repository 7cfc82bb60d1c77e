"""Bank transfers: statements read in, money matched to what is owed or kept in suspense for a decision, payment files out."""
