"""The planning problem of a day, built from rows, and its plan written back."""
