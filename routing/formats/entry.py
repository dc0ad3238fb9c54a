"""Strict reader of JSON: every entry has a path, and unknown fields are refused."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, NoReturn, TypeVar

from routing.errors import InvalidInputError

T = TypeVar("T")

SURROGATE: Final = re.compile("[\ud800-\udfff]")
"""Half of a character of UTF-16, which JSON can spell and UTF-8 cannot."""


POSITION: Final = re.compile(r"\[\d+\]")
_IGNORED: Final[ContextVar[set[str] | None]] = ContextVar("ignored fields", default=None)


@contextmanager
def lenient() -> Iterator[set[str]]:
    """Ignore unknown fields within the block, and collect each by its path without positions."""
    ignored: set[str] = set()
    token = _IGNORED.set(ignored)
    try:
        yield ignored
    finally:
        _IGNORED.reset(token)


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonEntry:
    """A value of a JSON document, with the path to it.

    Attributes
    ----------
    error : type of InvalidInputError
        The error class, for a problem or for a plan.
    """

    value: object
    path: str
    error: type[InvalidInputError]

    def refuse(self, complaint: str) -> NoReturn:
        """Raise the document's error, naming this entry."""
        raise self.error(self.path, complaint)

    def fields(self, *, required: str, optional: str = "") -> dict[str, "JsonEntry"]:
        """Read an object with exactly these fields; names are space-separated."""
        if not isinstance(self.value, dict):
            self.refuse("is not an object")
        known = {*required.split(), *optional.split()}
        ignored = _IGNORED.get()
        for name in self.value:
            if name not in known and ignored is None:
                self._at(f".{name}", None).refuse("is not a field of this format")
            if name not in known and ignored is not None:
                ignored.add(POSITION.sub("[]", self._at(f".{name}", None).path))
        for name in required.split():
            if name not in self.value:
                self._at(f".{name}", None).refuse("is missing")
        return {
            name: self._at(f".{name}", value) for name, value in self.value.items() if name in known
        }

    def items(self) -> tuple["JsonEntry", ...]:
        """Read a list."""
        if not isinstance(self.value, list):
            self.refuse("is not a list")
        return tuple(self._at(f"[{place}]", value) for place, value in enumerate(self.value))

    def mapping(self, read: Callable[["JsonEntry"], T]) -> dict[str, T]:
        """Read an object with free names and values of one kind."""
        if not isinstance(self.value, dict):
            self.refuse("is not an object")
        return {name: read(self._at(f".{name}", value)) for name, value in self.value.items()}

    def text(self) -> str:
        """Read a string."""
        if not isinstance(self.value, str):
            self.refuse("is not a string")
        if not self.value.isascii() and SURROGATE.search(self.value):
            self.refuse("has half of a character: a surrogate without its other half")
        return self.value

    def whole(self) -> int:
        """Read a whole number; 1.0 and true are refused."""
        if type(self.value) is not int:
            self.refuse("is not a whole number")
        return self.value

    def count(self) -> int:
        """Read a whole number that is not negative."""
        number = self.whole()
        if number < 0:
            self.refuse("is negative")
        return number

    def number(self) -> float:
        """Read a number."""
        if type(self.value) not in {int, float}:
            self.refuse("is not a number")
        # By way of text: a whole number too large for a float becomes infinite and is refused by
        # the bounds of its field, where a conversion would overflow.
        return float(str(self.value))

    def truth(self) -> bool:
        """Read true or false."""
        if not isinstance(self.value, bool):
            self.refuse("is neither true nor false")
        return self.value

    def names(self) -> frozenset[str]:
        """Read a list of strings without repetition."""
        texts = [item.text() for item in self.items()]
        if len(set(texts)) < len(texts):
            self.refuse("names something twice")
        return frozenset(texts)

    def matrix(self) -> tuple[tuple[int, ...], ...]:
        """Read a list of lists of whole numbers."""
        return tuple(row.row() for row in self.items())

    def row(self) -> tuple[int, ...]:
        """Read a list of whole numbers, fast when all of them are."""
        if isinstance(self.value, list) and set(map(type, self.value)) <= {int}:
            return tuple(self.value)
        return tuple(item.whole() for item in self.items())

    def _at(self, step: str, value: object) -> "JsonEntry":
        return JsonEntry(value=value, path=(self.path + step).lstrip("."), error=self.error)


def parsed(text: str, *, error: type[InvalidInputError]) -> object:
    """Parse JSON strictly: doubled names in an object and NaN are refused."""
    try:
        value: object = json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except (ValueError, RecursionError) as mistake:
        raise error("document", f"is not JSON: {mistake}") from mistake
    return value


def _no_twins(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    """Return an object, and refuse doubled names, of which JSON would keep the last."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twin!r} stands twice in one object")
    return found


def _no_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")
