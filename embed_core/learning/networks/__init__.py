"""The halves of the objectives that need TensorFlow: one file an objective, of the same name."""
