"""The fee engine and its calculator."""
