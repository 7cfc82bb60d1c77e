"""The console: what the host may say to a lot, and the pages it is said from."""
