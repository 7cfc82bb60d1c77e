"""Open licences."""
