"""Containers, the record of their holders, and their temperatures."""
