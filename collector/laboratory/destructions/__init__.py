"""Rows of destructions, and the things in them."""
