"""The rulebook of rights: pure rules about their numbers, classes, terms and trades."""
