"""What the Learn page computes: nothing on it is written down, everything is worked out on the spot."""
