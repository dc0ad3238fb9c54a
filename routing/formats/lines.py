"""Reader of text line by line, with errors that name the line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NoReturn

from routing.errors import InvalidInputError, InvalidProblemError
from routing.units import LARGEST

NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
LONGEST: Final = 30
"""The most characters of a number; an exact reading of a longer one could take very long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """One non-empty line; the first line of a file is 1."""

    number: int
    text: str
    error: type[InvalidInputError] = InvalidProblemError

    def refuse(self, complaint: str) -> NoReturn:
        """Raise an error with the number of this line."""
        raise self.error(f"line {self.number}", complaint)

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the line."""
        return tuple(self.text.split())

    def exactly(self, names: str) -> tuple[Fraction, ...]:
        """Read one number per name; names are space-separated."""
        wanted = names.split()
        if len(self.words) != len(wanted):
            self.refuse(f"has {len(self.words)} numbers, not {len(wanted)}: {names}")
        return tuple(self.number_of(w, name) for w, name in zip(self.words, wanted, strict=True))

    def number_of(self, word: str, name: str) -> Fraction:
        """Read a number exactly: 0.1 is a tenth; NaN and ratios are refused."""
        if not NUMBER.fullmatch(word) or len(word) > LONGEST:
            self.refuse(f"{name} is not a number: {word!r}")
        return Fraction(word)

    def whole(self, value: Fraction, name: str) -> int:
        """Return a number as a whole one; refuse fractions, negative and too large numbers."""
        if value.denominator != 1:
            self.refuse(f"{name} is not a whole number: {float(value):g}")
        if value < 0:
            self.refuse(f"{name} is negative: {value}")
        if value > LARGEST:
            self.refuse(f"{name} is above {LARGEST}")
        return value.numerator


def lines(
    text: str, *, error: type[InvalidInputError] = InvalidProblemError
) -> tuple[TextLine, ...]:
    """Return the non-empty lines; `error` is the class of their errors."""
    return tuple(
        TextLine(number=number, text=found.strip(), error=error)
        for number, found in enumerate(text.splitlines(), start=1)
        if found.strip()
    )


class Reader:
    """Cursor over lines."""

    def __init__(self, text: str) -> None:
        self._lines = lines(text)
        self._next = 0

    def __iter__(self) -> Iterator[TextLine]:
        while (line := self.ahead()) is not None:
            self._next += 1
            yield line

    def ahead(self) -> TextLine | None:
        """Return the next line without consuming it."""
        return self._lines[self._next] if self._next < len(self._lines) else None

    def take(self, what: str) -> TextLine:
        """Consume and return the next line; refuse the end of the file."""
        line = self.ahead()
        if line is None:
            last = self._lines[-1].number if self._lines else 1
            raise InvalidProblemError(f"line {last}", f"the file ends here: {what} is missing")
        self._next += 1
        return line
