"""Tests of the engine and its rules."""
