"""Bottles that come back from wards, into stock again or to be destroyed."""
