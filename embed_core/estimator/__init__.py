"""Learned embeddings as a scikit-learn transformer."""
