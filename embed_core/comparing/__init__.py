"""Choices judged by what they predict: encoders, and dimensions."""
