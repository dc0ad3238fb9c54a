"""Addresses and their positions."""
