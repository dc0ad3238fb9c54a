"""Field types of a phone's payload: bounds, units, and the refusal of everything else.

A field's bounds stand in its type only. `parse` reads JSON values by these types, and the JSON
Schema of `docs/phone-event.schema.json` is generated from them.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct, inspect
from msgspec.structs import fields, force_setattr

from collector.errors import Refused

HIGHEST = 2**31 - 1
"""The largest integer of a column in both databases."""
COLDEST, WARMEST = -90.0, 30.0
"""Bounds of a temperature in degrees Celsius; a home or transport freezer shows nothing outside."""
LONGEST_NOTE = 2000
"""Longest note, in characters."""

STORABLE = r"^[^\x00\ud800-\udfff]*$"
"""Text that both databases store: no NUL and no half of a surrogate pair."""
UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
BOX = r"\s*[A-Za-z0-9][A-Za-z0-9-]{0,11}\s*"

Key = Annotated[int, Meta(ge=0, le=HIGHEST)]
"""Key of a row."""
Celsius = Annotated[float, Meta(ge=COLDEST, le=WARMEST, description="degrees Celsius")]
Note = Annotated[str, Meta(max_length=LONGEST_NOTE, pattern=STORABLE)]
ShortText = Annotated[str, Meta(max_length=40, pattern=STORABLE)]
PersonName = Annotated[str, Meta(max_length=120, pattern=STORABLE)]
Label = Annotated[str, Meta(min_length=1, max_length=40, pattern=STORABLE)]
BoxCode = Annotated[str, Meta(max_length=12, pattern=f"^{BOX}$", description="such as C-07")]
OptionalBoxCode = Annotated[
    str, Meta(max_length=12, pattern=rf"^({BOX}|\s*)$", description="such as C-07, or empty")
]
UuidText = Annotated[str, Meta(pattern=UUID, extra_json_schema={"format": "uuid"})]
DeviceInstant = Annotated[datetime, Meta(tz=True, description="by the phone's clock")]

Value = TypeVar("Value", bound=Struct)


class PayloadPart(Struct, frozen=True, kw_only=True):
    """A part of a payload; white space at the ends of its texts is not stored."""

    def __post_init__(self) -> None:
        """Set each text to its stored form."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if type(value) is str and value != (stripped := value.strip()):
                force_setattr(self, name, stripped)


_PATH = re.compile(r"`\$([^`]*)`$")
_ABSENT = re.compile(r"Object missing required field `(\w+)`")
_OUT_OF_RANGE = ("Expected `float` >=", "Expected `float` <=")


def parse(data: object, as_type: type[Value]) -> Value:
    """Parse a JSON value into a typed value.

    A field that the type does not name is ignored.

    Raises
    ------
    Refused
        `figure_out_of_range` (`field`, `least`, `most`) for an integer; for a temperature
        `temperature_out_of_range` (`field`, `coldest`, `warmest`) or, if it is absent,
        `box_celsius_needed`; `event_unreadable` (`field`) for any other field.
    """
    try:
        return msgspec.convert(data, as_type)
    except msgspec.ValidationError as error:
        raise _refusal(str(error), as_type) from error
    except UnicodeEncodeError:
        # msgspec cannot encode half of a surrogate pair to compare it with anything.
        return parse(_encodable(data), as_type)


def without_nulls(payload: dict[str, object], as_type: type[Struct]) -> dict[str, object]:
    """Return the payload without null where an absent field is empty or false."""
    return {
        name: value
        for name, value in payload.items()
        if value is not None or name not in _empty_by_default(as_type)
    }


def utc(instant: datetime, field: str) -> datetime:
    """Return the instant in UTC; only its form is judged, however wrong the phone's clock.

    Raises
    ------
    Refused
        `event_unreadable` (`field`) if the instant lies outside the calendar in UTC.
    """
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise Refused("event_unreadable", field=field) from error


def degrees(celsius: float) -> float:
    """Return a temperature with the one decimal that is stored."""
    return round(celsius, 1)


def _encodable(value: object) -> object:
    """Return a JSON value with a question mark for each half of a surrogate pair."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    return value


@cache
def _empty_by_default(as_type: type[Struct]) -> frozenset[str]:
    return frozenset(
        field.encode_name
        for field in fields(as_type)
        if field.default is False or field.default == () or field.default_factory is dict
    )


def _refusal(message: str, as_type: type[Struct]) -> Refused:
    """Return the refusal of the field that the message of msgspec names."""
    path = _PATH.search(message)
    names = re.findall(r"[a-z_]+", path[1]) if path else []
    absent = _ABSENT.match(message)
    if absent:
        names.append(absent[1])
    kind = _type_at(as_type, names)
    name = names[-1] if names else "payload"
    if isinstance(kind, inspect.IntType):
        return Refused("figure_out_of_range", field=name, least=kind.ge, most=kind.le)
    if isinstance(kind, inspect.FloatType):
        if absent or "got `null`" in message:
            return Refused("box_celsius_needed")
        if message.startswith(_OUT_OF_RANGE):
            bounds = {"coldest": int(COLDEST), "warmest": int(WARMEST)}
            return Refused("temperature_out_of_range", field=name, **bounds)
    return Refused("event_unreadable", field=name)


@cache
def _fields(as_type: type[Struct]) -> dict[str, inspect.Type]:
    info = inspect.type_info(as_type)
    known = info.fields if isinstance(info, inspect.StructType) else ()
    return {field.encode_name: field.type for field in known}


def _type_at(as_type: type[Struct], names: Sequence[str]) -> inspect.Type | None:
    """Return the type at the end of a path of field names."""
    found: inspect.Type | None = None
    here: type[Struct] | None = as_type
    for name in names:
        found = _item(_fields(here)[name]) if here and name in _fields(here) else None
        here = found.cls if isinstance(found, inspect.StructType) else None
    return found


def _item(kind: inspect.Type) -> inspect.Type:
    """Return the type inside metadata, an optional field or an array."""
    if isinstance(kind, inspect.Metadata):
        return _item(kind.type)
    if isinstance(kind, inspect.UnionType):
        return _item(next(t for t in kind.types if not isinstance(t, inspect.NoneType)))
    if isinstance(kind, inspect.VarTupleType):
        return _item(kind.item_type)
    return kind
