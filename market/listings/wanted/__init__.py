"""Wanted posts: a buyer says what it looks for, holders answer with what they have; nothing is matched by itself."""
