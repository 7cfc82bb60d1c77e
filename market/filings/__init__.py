"""Recordal at the office: the pack, its submission, corrections and acceptance."""
