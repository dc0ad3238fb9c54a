"""Measurements anybody can repeat: one module per question, each a ratio in one run."""
