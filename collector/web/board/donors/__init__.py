"""Donors: files, candidates, blood tests, questions, merges."""
