"""Commands of licences."""
