"""Parameters and bodies of the API's requests, parsed into typed values."""

import re
from datetime import date
from http import HTTPStatus
from typing import Annotated, Final, TypeVar

import msgspec
from flask import request
from msgspec import Meta, Struct, UnsetType
from werkzeug.exceptions import HTTPException

from collector.web.framework.converters import LARGEST_KEY
from collector.web.framework.problems import problem

Parsed = TypeVar("Parsed", bound="Input")
Value = TypeVar("Value")

Key = Annotated[int, Meta(ge=1, le=LARGEST_KEY)]
"""The key of a row."""

JSON: Final = "application/json"
FHIR_JSON: Final = "application/fhir+json"
YEARS: Final = range(1900, 2201)
_PATH: Final = re.compile(r" - at `\$\.?([^`]*)`$")


class Input(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of parameters and bodies; a field that is not named is a mistake."""


class Mistaken(HTTPException):
    """A request whose form is wrong: the answer is its problem document."""

    def __init__(self, status: HTTPStatus, code: str, field: str, text: str) -> None:
        mistakes = [{"field": field, "message": text}] if field else []
        super().__init__(text, problem(status, code, text, mistakes=mistakes))
        self.code = int(status)


def given(value: Value | UnsetType) -> Value | None:
    """Return the value of a parameter, or None if it was left out."""
    return None if isinstance(value, UnsetType) else value


def read_query(kind: type[Parsed]) -> Parsed:
    """Return the parameters of the address.

    Raises
    ------
    Mistaken
        422, with the parameter: unknown, given twice, or no value of its type.
    """
    sent = request.args.to_dict(flat=False)
    for name, values in sent.items():
        if len(values) > 1:
            raise _mistake(f"The parameter {name} was given {len(values)} times.", name)
    try:
        found = msgspec.convert(
            {name: values[0] for name, values in sent.items()}, kind, strict=False
        )
    except msgspec.ValidationError as error:
        raise _named(error) from error
    refuse_far(found)
    return found


def read_body(kind: type[Parsed]) -> Parsed:
    """Return the body of the request.

    Raises
    ------
    Mistaken
        400: the body is no JSON; 415: another kind of content; 422: a field is wrong.
    """
    if request.mimetype not in {JSON, FHIR_JSON}:
        text = f"The body is {JSON}; send Content-Type: {JSON}."
        raise Mistaken(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "http_415", "", text)
    try:
        found = msgspec.json.decode(request.get_data(), type=kind)
    except msgspec.ValidationError as error:
        raise _named(error) from error
    except (msgspec.DecodeError, RecursionError) as error:
        text = "The body is not well-formed JSON."
        raise Mistaken(HTTPStatus.BAD_REQUEST, "http_400", "", text) from error
    refuse_far(found)
    return found


def refuse_far(value: object, field: str = "") -> None:
    """Refuse a day or an instant in a year of which no bank has rows.

    Near the ends of the calendar, another time zone or the next day does not exist.

    Raises
    ------
    Mistaken
        422, with the field.
    """
    if isinstance(value, date) and value.year not in YEARS:
        text = f"The year lies between {YEARS.start} and {YEARS.stop - 1}."
        raise _mistake(text, field)
    if isinstance(value, list):
        for index, each in enumerate(value):
            refuse_far(each, f"{field}[{index}]")
    if isinstance(value, Struct):
        for name in value.__struct_fields__:
            refuse_far(getattr(value, name), f"{field}.{name}" if field else name)


def _named(error: msgspec.ValidationError) -> Mistaken:
    message = str(error)
    path = _PATH.search(message)
    return _mistake(_PATH.sub(".", message), path[1] if path else "")


def _mistake(text: str, field: str) -> Mistaken:
    return Mistaken(HTTPStatus.UNPROCESSABLE_ENTITY, "input_mistaken", field, text)
