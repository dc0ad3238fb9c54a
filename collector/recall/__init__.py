"""Recalls both ways: from milk on to its bottles and recipients, and back to the donors."""
