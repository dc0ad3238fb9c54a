"""What can go wrong in a way a caller may act on: not found, refused, somebody was first.

An error carries a code and its figures; `collector.web.wording` makes the sentence of them.
"""


class MilkroundError(Exception):
    """An answer, not an accident: a code, and the figures its sentence needs."""

    def __init__(self, code: str, /, **figures: object) -> None:
        super().__init__(code, figures)
        self.code = code
        self.figures = figures

    def __str__(self) -> str:
        figures = ", ".join(f"{name}={value}" for name, value in self.figures.items())
        return f"{self.code} ({figures})" if figures else self.code


class NotFound(MilkroundError):  # noqa: N818 - it is an answer, as in HTTP
    """The thing does not exist, or belongs to somebody the caller may not see."""


class Refused(MilkroundError):  # noqa: N818
    """A rule said no; nothing was changed."""


class Conflict(MilkroundError):  # noqa: N818
    """Somebody was first; the caller must look again before acting."""
