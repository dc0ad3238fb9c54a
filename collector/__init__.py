"""Milkround: collection of donated milk for a human milk bank."""
