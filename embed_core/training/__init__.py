"""From a table to a run: counting, learning, retraining, trust."""
