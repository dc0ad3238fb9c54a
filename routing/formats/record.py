"""Codecs between dataclasses and JSON objects, field by field, with their JSON Schema."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from enum import StrEnum
from functools import cache, partial
from typing import Any, Generic, Protocol, TypeVar

from routing.formats.docstring import attributes, summary
from routing.formats.entry import JsonEntry

T = TypeVar("T")

Data = dict[str, Any]
"""A JSON object."""

Definitions = dict[str, Data]
"""Schemas by name, to which other schemas refer."""


class Codec(Protocol):
    """Interface of a codec between an entry and plain JSON values."""

    def read(self, entry: JsonEntry) -> Any:  # noqa: ANN401 - a codec per kind of value
        """Return the value of an entry."""

    def write(self, value: Any) -> Any:  # noqa: ANN401 - a codec per kind of value
        """Return the plain JSON of a value."""

    def schema(self, definitions: Definitions) -> Data:
        """Return the JSON Schema of a value; add the schemas that it refers to."""


def _any_value(_: Definitions) -> Data:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCodec:
    """A codec made of functions; by default its schema permits every value."""

    read: Callable[[JsonEntry], Any]
    write: Callable[[Any], Any]
    schema: Callable[[Definitions], Data] = _any_value


def _as_it_is(value: Any) -> Any:  # noqa: ANN401 - a plain value of any kind
    return value


TEXT = FieldCodec(read=JsonEntry.text, write=_as_it_is, schema=lambda _: {"type": "string"})
WHOLE = FieldCodec(read=JsonEntry.whole, write=_as_it_is, schema=lambda _: {"type": "integer"})
NUMBER = FieldCodec(read=JsonEntry.number, write=_as_it_is, schema=lambda _: {"type": "number"})
TRUTH = FieldCodec(read=JsonEntry.truth, write=_as_it_is, schema=lambda _: {"type": "boolean"})


def limited(codec: FieldCodec, **keywords: object) -> FieldCodec:
    """Return a codec whose schema has more keywords.

    They describe the limits that the constructor of the value enforces; the codec reads as before.
    """
    return replace(codec, schema=lambda definitions: codec.schema(definitions) | keywords)


NAME = limited(TEXT, minLength=1)
NAMES = FieldCodec(
    read=JsonEntry.names,
    write=sorted,
    schema=lambda _: {"type": "array", "items": NAME.schema({}), "uniqueItems": True},
)
"""A set of strings, written in alphabetical order: equal problems are equal texts."""


def listed(item: Codec) -> FieldCodec:
    """Return a codec of tuples as lists."""
    return FieldCodec(
        read=lambda entry: tuple(map(item.read, entry.items())),
        write=lambda values: [item.write(value) for value in values],
        schema=lambda definitions: {"type": "array", "items": item.schema(definitions)},
    )


def mapped(item: Codec) -> FieldCodec:
    """Return a codec of mappings as objects with free names."""
    return FieldCodec(
        read=lambda entry: entry.mapping(item.read),
        write=lambda values: {name: item.write(value) for name, value in values.items()},
        schema=lambda definitions: {
            "type": "object",
            "additionalProperties": item.schema(definitions),
        },
    )


def defined(name: str, codec: FieldCodec) -> FieldCodec:
    """Return a codec whose schema is a reference to a definition."""
    return replace(codec, schema=partial(_reference, name, codec.schema))


def _reference(name: str, schema: Callable[[Definitions], Data], definitions: Definitions) -> Data:
    """Return a reference to a definition; add it first if it is missing."""
    if name not in definitions:
        definitions[name] = {}  # A schema may refer to itself, and a parent comes first.
        definitions[name] |= schema(definitions)
    return {"$ref": f"#/$defs/{name}"}


def _name(described: Callable[..., object]) -> str:
    return described.__name__.lower()


def word(words: type[StrEnum]) -> FieldCodec:
    """Return a codec of an enumeration by its values."""

    def read(entry: JsonEntry) -> StrEnum:
        if entry.text() not in set(words):
            entry.refuse(f"is none of {', '.join(words)}")
        return words(entry.text())

    enumeration = FieldCodec(read=read, write=str, schema=lambda _: {"enum": list(words)})
    return defined(_name(words), enumeration)


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

    def schema(self, definitions: Definitions) -> Data:
        """Return a reference to the schema of the object; add it to the definitions."""
        return _reference(_name(self.made), self._object, definitions)

    def _object(self, definitions: Definitions) -> Data:
        return {
            "type": "object",
            "description": summary(self.made),
            "additionalProperties": False,
            "required": list(self.required),
            "properties": self._properties(definitions),
        }

    def _properties(self, definitions: Definitions) -> Data:
        descriptions = attributes(self.made)
        properties = {name: codec.schema(definitions) for name, codec in self.codecs.items()}
        for name in self.optional:
            default = _defaults(self.made)[name]
            if default is not None:
                properties[name] |= {"default": self.codecs[name].write(default)}
        properties |= {name: {"type": "integer"} for name in self.sums}
        return {
            name: schema | ({"description": descriptions[name]} if name in descriptions else {})
            for name, schema in properties.items()
        }

    def _is_required(self, name: str) -> bool:
        return name in self.always or _defaults(self.made)[name] is MISSING


@cache
def _defaults(made: Any) -> Mapping[str, object]:  # noqa: ANN401 - a dataclass
    """Return the default of each field, or `MISSING`."""
    return {one.name: _default(one) for one in fields(made)}


def _default(one: "Field[Any]") -> object:
    return one.default_factory() if one.default_factory is not MISSING else one.default
