"""Distances, nearest neighbors, and how they agree between embeddings."""
