"""Fates of dispensed bottles on the wards, and suspected reactions."""
