"""Formats of problems and plans."""
