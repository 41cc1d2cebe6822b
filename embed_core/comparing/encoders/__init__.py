"""Encoders of a column, judged on a downstream model."""
