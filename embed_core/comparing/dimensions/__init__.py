"""Dimensions of an embedding, swept and recommended."""
