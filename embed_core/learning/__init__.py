"""Models and their training; the only package that imports TensorFlow, and only when it trains."""
