"""What a right is worth, why, and how sure we are: methods and indicators, replayable by anybody."""
