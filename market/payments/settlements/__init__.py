"""How an escrow is shared out when title has passed, or given back when the deal is undone, line by line."""
