"""A day's page: its rounds drawn, planned, changed by hand, published."""
