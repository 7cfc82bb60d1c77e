"""The rules of bidding by themselves: no row, no clock."""
