"""Dispensing by two people, each scan judged."""
