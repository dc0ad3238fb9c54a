"""Knows how a value of ours becomes a JSON object, field by field, and is read back."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from enum import StrEnum
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

from routing.formats.entry import JsonEntry

T = TypeVar("T")

Data = dict[str, Any]
"""What `json` makes of an object."""


class Codec(Protocol):
    """What can be read from an entry and written as plain JSON values."""

    def read(self, entry: JsonEntry) -> Any:  # noqa: ANN401 - a codec per kind of value
        """The value of an entry."""

    def write(self, value: Any) -> Any:  # noqa: ANN401 - a codec per kind of value
        """The plain JSON of a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCodec:
    """A codec made of two functions."""

    read: Callable[[JsonEntry], Any]
    write: Callable[[Any], Any]


def _as_it_is(value: Any) -> Any:  # noqa: ANN401 - a plain value of any kind
    return value


TEXT = FieldCodec(read=JsonEntry.text, write=_as_it_is)
WHOLE = FieldCodec(read=JsonEntry.whole, write=_as_it_is)
NUMBER = FieldCodec(read=JsonEntry.number, write=_as_it_is)
TRUTH = FieldCodec(read=JsonEntry.truth, write=_as_it_is)
NAMES = FieldCodec(read=JsonEntry.names, write=sorted)
"""A set of strings, written in alphabetical order so that equal problems are equal texts."""
MATRIX = FieldCodec(read=JsonEntry.matrix, write=lambda matrix: [list(row) for row in matrix])


def listed(item: Codec) -> FieldCodec:
    """A tuple, as a list."""
    return FieldCodec(
        read=lambda entry: tuple(map(item.read, entry.items())),
        write=lambda values: [item.write(value) for value in values],
    )


def mapped(item: Codec) -> FieldCodec:
    """A mapping, as an object with free names."""
    return FieldCodec(
        read=lambda entry: entry.mapping(item.read),
        write=lambda values: {name: item.write(value) for name, value in values.items()},
    )


def word(words: type[StrEnum]) -> FieldCodec:
    """One of the words of an enumeration."""

    def read(entry: JsonEntry) -> StrEnum:
        if entry.text() not in set(words):
            entry.refuse(f"is none of {', '.join(words)}")
        return words(entry.text())

    return FieldCodec(read=read, write=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Generic[T]):
    """A dataclass of ours as a JSON object whose names are those of its fields.

    Attributes
    ----------
    made : type
        What is made of the object. A field with a default may be left out, and is left out where
        it has that default.
    codecs : mapping of str to Codec
        Per field.
    always : frozenset of str
        Fields that are written and asked for although they have a default.
    sums : mapping of str to str
        Properties that are written for the reader's convenience and must agree with the rest when
        they are read, each with what to say if it does not.
    """

    made: Callable[..., T]
    codecs: Mapping[str, Codec]
    always: frozenset[str] = frozenset()
    sums: Mapping[str, str] = field(default_factory=dict)

    @property
    def required(self) -> tuple[str, ...]:
        """The names that must be there."""
        return (*(name for name in self.codecs if self._is_required(name)), *self.sums)

    @property
    def optional(self) -> tuple[str, ...]:
        """The names that may be left out."""
        return tuple(name for name in self.codecs if not self._is_required(name))

    def read(self, entry: JsonEntry) -> T:
        """Make the value of an object."""
        got = entry.fields(required=" ".join(self.required), optional=" ".join(self.optional))
        value = self.made(
            **{name: codec.read(got[name]) for name, codec in self.codecs.items() if name in got}
        )
        for name, complaint in self.sums.items():
            if got[name].whole() != getattr(value, name):
                got[name].refuse(f"{complaint} {getattr(value, name)}")
        return value

    def write(self, value: T) -> Data:
        """The object of a value."""
        defaults = _defaults(self.made)
        data: Data = {}
        for name, codec in self.codecs.items():
            given = getattr(value, name)
            if name in self.always or given != defaults[name]:
                data[name] = codec.write(given)
        return data | {name: getattr(value, name) for name in self.sums}

    def _is_required(self, name: str) -> bool:
        return name in self.always or _defaults(self.made)[name] is MISSING


@cache
def _defaults(made: Any) -> Mapping[str, object]:  # noqa: ANN401 - a dataclass
    """Per field its default, or `MISSING`."""
    return {one.name: _default(one) for one in fields(made)}


def _default(one: "Field[Any]") -> object:
    return one.default_factory() if one.default_factory is not MISSING else one.default
