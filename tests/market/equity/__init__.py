"""Tests of contributions for shares."""
