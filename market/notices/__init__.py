"""In-app and e-mail words about facts, to the audience each fact names."""
