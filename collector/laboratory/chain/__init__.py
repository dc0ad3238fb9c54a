"""The chain of milk: from a donor to the bottles, and back from any number."""
