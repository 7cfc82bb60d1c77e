"""The tests: who does what, on real rows."""
