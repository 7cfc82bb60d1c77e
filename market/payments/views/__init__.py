"""The doors of money: the payer's pages, and the agency's desk for what comes in, is shared out and goes out."""
