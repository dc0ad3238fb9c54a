"""Addresses and where they lie."""
