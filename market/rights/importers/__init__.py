"""Reads rights out of other people's files: into drafts, or into refusals that name file, row and reason."""
