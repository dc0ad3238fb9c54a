"""Errors that a caller may act on: not found, refused, conflict.

An error carries a code and figures; `collector.web.wording` makes the sentence.
"""


class MilkroundError(Exception):
    """Base of expected errors: a code, and the figures of its sentence."""

    def __init__(self, code: str, /, **figures: object) -> None:
        super().__init__(code, figures)
        self.code = code
        self.figures = figures

    def __str__(self) -> str:
        figures = ", ".join(f"{name}={value}" for name, value in self.figures.items())
        return f"{self.code} ({figures})" if figures else self.code


class NotFound(MilkroundError):  # noqa: N818 - it is an answer, as in HTTP
    """The row does not exist, or belongs to another bank or donor."""


class Refused(MilkroundError):  # noqa: N818
    """A rule refuses the action; no change was made."""


class Conflict(MilkroundError):  # noqa: N818
    """Another change came first; the caller must read again before acting."""
