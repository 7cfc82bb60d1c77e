"""Drills: break the running market on purpose and prove from outside that nothing it said was lost or untrue."""
