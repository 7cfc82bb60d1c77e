"""What an agency takes from each side of a sale: agreed tiers and least fees, the law's cap where nothing was agreed."""
