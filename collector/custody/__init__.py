"""Containers and the records of who held them, and how cold."""
