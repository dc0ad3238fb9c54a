"""The staff's side of a donor's file."""
