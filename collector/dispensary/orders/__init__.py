"""Prescriptions, orders by day and class, and the cover of the stock."""
