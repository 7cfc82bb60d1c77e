"""What deals decide without looking anything up: steps and days, figures, and the words of the papers."""
