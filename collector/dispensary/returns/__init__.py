"""Returned and destroyed bottles."""
