"""Measurements, each run with ``python -m benchmarks.NAME``; results are written down in ``benchmarks/results``."""
