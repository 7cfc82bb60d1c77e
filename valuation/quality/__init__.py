"""How good a right is, by an indicator scheme: the register speaks where it can, a scorer with evidence where it cannot."""
