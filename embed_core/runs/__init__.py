"""Runs on disk, and the jobs that make them."""
