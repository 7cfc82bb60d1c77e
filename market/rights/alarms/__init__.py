"""Early warning (预警): what falls due on a right is told in time, each thing once at each step."""
