"""Types of the fields of a problem: loose values are made plain, wrong ones are refused by name."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Any, Final, NamedTuple, Union, cast, get_args, get_origin, get_type_hints

from routing.errors import InvalidProblemError

# A value is seen here before it is known to be one: it may be of any type.
Value = Any

PLAIN: Final = frozenset({int, float, bool, str, type(None), tuple, frozenset})
"""Types that fields keep as they are."""


class FieldType(NamedTuple):
    """The type of a field at run time.

    Attributes
    ----------
    types : tuple of type
        The permitted types.
    elements : tuple of type
        The permitted types of its elements, or of the keys of a mapping; empty for a single value.
    """

    types: tuple[type, ...]
    elements: tuple[type, ...]


@cache
def field_types(cls: type) -> Mapping[str, FieldType]:
    """Return the type of each field that a constructor takes."""
    hints = get_type_hints(cls)
    return {
        field.name: _field_type(hints[field.name])
        for field in dataclasses.fields(cls)
        if field.init
    }


def _field_type(hint: Value) -> FieldType:
    choices = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    types = [_runtime(choice) for choice in choices]
    elements = [_runtime(get_args(one)[0]) for one in choices if get_origin(one) is not None]
    return FieldType(tuple(types), tuple(elements))


def _runtime(hint: Value) -> type:
    """Return the class of a hint: of a `NewType` its base, of a collection the collection.

    A text names a member of an enumeration too; the validation judges which.
    """
    origin: Value = get_origin(hint)
    found: Value = getattr(hint, "__supertype__", hint) if origin is None else origin
    return str if issubclass(found, str) else cast("type", found)


def make_plain(value: Value) -> None:
    """Replace NumPy's scalars and arrays, lists and sets in the fields of a value by Python's own.

    A value that is none of them stays as it is; the constructor of `Problem` refuses it.
    """
    for name, wanted in field_types(value.__class__).items():
        given = getattr(value, name)
        if type(given) not in PLAIN:
            object.__setattr__(value, name, _plain(given, as_set=frozenset in wanted.types))
        elif type(given) is tuple and frozenset in wanted.types:
            object.__setattr__(value, name, _set_of(given))


class PlainFields:
    """Base of the values whose constructors make their fields plain."""

    __slots__ = ()

    def __post_init__(self) -> None:
        make_plain(self)


def _plain(value: Value, *, as_set: bool = False) -> Value:
    """Return a value in Python's own types."""
    if isinstance(value, Mapping):
        if all(type(one) in PLAIN for one in value.values()):
            return value
        return {key: _plain(one) for key, one in value.items()}
    if hasattr(value, "dtype") and hasattr(value, "tolist"):
        # NumPy's scalars and arrays, without an import of NumPy.
        value = value.tolist()
    if isinstance(value, list | set):
        return _set_of(value) if as_set else tuple(_plain(one) for one in value)
    return value


def _set_of(values: Iterable[Value]) -> Value:
    """Return a set, or the values as they are if some of them cannot be in one."""
    try:
        return frozenset(values)
    except TypeError:
        return values


def refuse_wrong_types(entry: str, value: Value) -> None:
    """Refuse the first field whose value, or an element of it, is of another type than declared.

    Raises
    ------
    InvalidProblemError
        The field is named, below the entry of its value.
    """
    for name, wanted in field_types(value.__class__).items():
        given = getattr(value, name)
        here = f"{entry}.{name}" if entry else name
        if not isinstance(given, wanted.types):
            # Whole numbers have complaints of their own, which say more.
            if int not in wanted.types:
                raise InvalidProblemError(here, _complaint(given, wanted.types))
        elif wanted.elements and given is not None:
            for path, element in _elements(here, given):
                if not isinstance(element, wanted.elements):
                    raise InvalidProblemError(path, _complaint(element, wanted.elements))


def _elements(entry: str, given: Value) -> Iterator[tuple[str, Value]]:
    """Yield each element of a collection with its path; a set has no positions."""
    if isinstance(given, tuple):
        yield from ((f"{entry}[{number}]", element) for number, element in enumerate(given))
    else:
        yield from ((entry, element) for element in given)


def _complaint(given: Value, wanted: tuple[type, ...]) -> str:
    names = " or ".join(_name(one) for one in wanted)
    return f"is {_name(type(given))}, not {names}"


def _name(cls: type) -> str:
    if cls is type(None):
        return "None"
    name = "text" if cls is str else cls.__name__
    return f"{'an' if name[0] in 'aei' else 'a'} {name}"
