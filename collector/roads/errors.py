"""Errors of the preparation of a region."""


class PreparationError(Exception):
    """A region that cannot be prepared; the sentence tells the reason."""
