"""What a portfolio is worth: its members valued one after the other in the background, a package price shared out among them."""
