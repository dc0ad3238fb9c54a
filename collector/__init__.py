"""Milkround: what a human milk bank runs to collect donated milk."""
