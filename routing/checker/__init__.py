"""The checker: every rule in plain Python, without code of the engines."""
