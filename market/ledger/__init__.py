"""The books: accounts, transfers and holds that can only add up."""
