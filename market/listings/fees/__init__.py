"""What an agency takes from each side of a sale: the schedules it publishes, and the terms a consignment agrees."""
