"""What the law and the house say about bidding: pure functions, no database, no clock."""
