"""Runs over all licences: what is over is opened, what is approved is billed, and what fails is set aside."""
