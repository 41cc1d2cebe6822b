"""A run as a script that needs Keras, NumPy and pandas, and nothing of this package."""
