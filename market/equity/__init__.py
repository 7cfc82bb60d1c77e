"""Rights contributed for equity: who holds how much of a company, before and after."""
