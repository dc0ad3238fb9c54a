"""Knows how to read text line by line, so that every complaint names its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NoReturn

from routing.errors import InvalidInputError, InvalidProblemError
from routing.units import LARGEST

NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
LONGEST: Final = 30
"""Characters of a number: read exactly, a longer one could take for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """One line that is not empty; the first line of a file is 1."""

    number: int
    text: str
    error: type[InvalidInputError] = InvalidProblemError

    def refuse(self, complaint: str) -> NoReturn:
        """Raise an error that names this line."""
        raise self.error(f"line {self.number}", complaint)

    @property
    def words(self) -> tuple[str, ...]:
        """What stands on it, apart from the space between."""
        return tuple(self.text.split())

    def exactly(self, names: str) -> tuple[Fraction, ...]:
        """Read numbers, one for each of these names, which are given space-separated."""
        wanted = names.split()
        if len(self.words) != len(wanted):
            self.refuse(f"has {len(self.words)} numbers, not {len(wanted)}: {names}")
        return tuple(self.number_of(w, name) for w, name in zip(self.words, wanted, strict=True))

    def number_of(self, word: str, name: str) -> Fraction:
        """Read a number exactly: 0.1 is a tenth, and neither a NaN nor a ratio is a number."""
        if not NUMBER.fullmatch(word) or len(word) > LONGEST:
            self.refuse(f"{name} is not a number: {word!r}")
        return Fraction(word)

    def whole(self, value: Fraction, name: str) -> int:
        """A number that must be whole, not negative and not too large for a problem."""
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
    """The lines that are not empty; `error` is what a complaint about one raises."""
    return tuple(
        TextLine(number=number, text=found.strip(), error=error)
        for number, found in enumerate(text.splitlines(), start=1)
        if found.strip()
    )


class Reader:
    """Goes through lines, one after the other."""

    def __init__(self, text: str) -> None:
        self._lines = lines(text)
        self._next = 0

    def __iter__(self) -> Iterator[TextLine]:
        while (line := self.ahead()) is not None:
            self._next += 1
            yield line

    def ahead(self) -> TextLine | None:
        """The next line, which stays."""
        return self._lines[self._next] if self._next < len(self._lines) else None

    def take(self, what: str) -> TextLine:
        """The next line, which must be there."""
        line = self.ahead()
        if line is None:
            last = self._lines[-1].number if self._lines else 1
            raise InvalidProblemError(f"line {last}", f"the file ends here: {what} is missing")
        self._next += 1
        return line
