"""What sellers and reviewers fill in: syntax here, what is allowed is the rules' and the actions'."""
