"""Freezers, refrigerators and rooms: their places, what stood there, and their temperatures."""
