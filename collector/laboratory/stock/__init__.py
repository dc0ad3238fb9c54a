"""Sums of the milk in the house, of its inflow, and of its fates."""
