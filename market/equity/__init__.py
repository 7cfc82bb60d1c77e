"""What comes of a right beside a price: shares for its contribution."""
