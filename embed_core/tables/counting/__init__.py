"""Distinct rows with their counts: all that a training sees of a table."""
