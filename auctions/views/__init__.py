"""The doors of the auctions: the room, the sales, the desk."""
