"""Mutation testing: one-line faults that the nearest tests must find."""
