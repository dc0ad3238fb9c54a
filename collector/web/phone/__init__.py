"""The collector's side."""
