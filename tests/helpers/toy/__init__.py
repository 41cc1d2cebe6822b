"""An objective of somebody else's: two files, of which one needs TensorFlow."""
