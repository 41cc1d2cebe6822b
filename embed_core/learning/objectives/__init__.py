"""What an embedding can learn from: one file an objective, none of which needs TensorFlow."""
