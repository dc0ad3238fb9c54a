"""Sums of the milk in the house, of what came in, and of what became of it."""
