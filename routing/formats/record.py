"""Codecs between dataclasses and JSON objects, field by field."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from enum import StrEnum
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

from routing.formats.entry import JsonEntry

T = TypeVar("T")

Data = dict[str, Any]
"""A JSON object."""


class Codec(Protocol):
    """Interface of a codec between an entry and plain JSON values."""

    def read(self, entry: JsonEntry) -> Any:  # noqa: ANN401 - a codec per kind of value
        """Return the value of an entry."""

    def write(self, value: Any) -> Any:  # noqa: ANN401 - a codec per kind of value
        """Return the plain JSON of a value."""


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
"""A set of strings, written in alphabetical order: equal problems are equal texts."""
MATRIX = FieldCodec(read=JsonEntry.matrix, write=lambda matrix: [list(row) for row in matrix])


def listed(item: Codec) -> FieldCodec:
    """Return a codec of tuples as lists."""
    return FieldCodec(
        read=lambda entry: tuple(map(item.read, entry.items())),
        write=lambda values: [item.write(value) for value in values],
    )


def mapped(item: Codec) -> FieldCodec:
    """Return a codec of mappings as objects with free names."""
    return FieldCodec(
        read=lambda entry: entry.mapping(item.read),
        write=lambda values: {name: item.write(value) for name, value in values.items()},
    )


def word(words: type[StrEnum]) -> FieldCodec:
    """Return a codec of an enumeration by its values."""

    def read(entry: JsonEntry) -> StrEnum:
        if entry.text() not in set(words):
            entry.refuse(f"is none of {', '.join(words)}")
        return words(entry.text())

    return FieldCodec(read=read, write=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Generic[T]):
    """Codec of a dataclass as a JSON object with the names of its fields.

    Attributes
    ----------
    made : type
        The dataclass. A field with a default may be absent, and is omitted when it has its
        default.
    codecs : mapping of str to Codec
        The codecs by field.
    always : frozenset of str
        Fields written and required although they have a default.
    sums : mapping of str to str
        Properties written for convenience, which must agree with the rest when read, each with
        its complaint.
    """

    made: Callable[..., T]
    codecs: Mapping[str, Codec]
    always: frozenset[str] = frozenset()
    sums: Mapping[str, str] = field(default_factory=dict)

    @property
    def required(self) -> tuple[str, ...]:
        """Return the required names."""
        return (*(name for name in self.codecs if self._is_required(name)), *self.sums)

    @property
    def optional(self) -> tuple[str, ...]:
        """Return the optional names."""
        return tuple(name for name in self.codecs if not self._is_required(name))

    def read(self, entry: JsonEntry) -> T:
        """Return the value of an object."""
        got = entry.fields(required=" ".join(self.required), optional=" ".join(self.optional))
        value = self.made(
            **{name: codec.read(got[name]) for name, codec in self.codecs.items() if name in got}
        )
        for name, complaint in self.sums.items():
            if got[name].whole() != getattr(value, name):
                got[name].refuse(f"{complaint} {getattr(value, name)}")
        return value

    def write(self, value: T) -> Data:
        """Return the object of a value."""
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
    """Return the default of each field, or `MISSING`."""
    return {one.name: _default(one) for one in fields(made)}


def _default(one: "Field[Any]") -> object:
    return one.default_factory() if one.default_factory is not MISSING else one.default
