"""The donor's side."""
