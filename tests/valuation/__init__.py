"""Tests of valuation."""
