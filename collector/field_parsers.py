"""Parsers of one field's text, shared by the forms, the imported files and the API.

A parser takes text that is not empty and returns its value, or raises `Refused` with a code. The
surface decides whether the field may be left empty. Numbers may be written the French way:
`44,84` is 44.84 where a fraction makes sense, and spaces may separate thousands. Where only a
whole number makes sense, `1,5` is refused: one and a half, fifteen and fifteen hundred are
equally likely.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypeVar

from collector.errors import Refused

Choice = TypeVar("Choice", bound=StrEnum)

DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y")
"""ISO, as browsers send a day, and the two orders in which the French write one by hand."""

TIME = re.compile(r"(\d{1,2})(?:[:hH](?:(\d{2})(?::(\d{2}))?)?)?", re.ASCII)
WHOLE_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
DECIMAL = re.compile(r"[+-]?\d{1,9}(\.\d{1,12})?", re.ASCII)
VOLUME = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)(ml|cl|dl|l)", re.ASCII)
MILLILITRES = {"ml": 1, "cl": 10, "dl": 100, "l": 1000}
YES = frozenset({"yes", "y", "oui", "o", "true", "vrai", "1"})
NO = frozenset({"no", "n", "non", "false", "faux", "0"})
EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")
PHONE = re.compile(r"[+\d][\d .()/-]{6,24}")


class FieldMistake(NamedTuple):
    """A mistake in one field: the code of its sentence and the figures in it."""

    field: str
    code: str
    figures: dict[str, object] = {}  # noqa: RUF012 - never written to


def parse_date(text: str) -> date:
    """Return a civil day, written 2026-11-24, 24/11/2026 or 24.11.2026.

    Raises
    ------
    Refused
        `date_not_read`.
    """
    for written in DATE_FORMATS:
        try:
            return datetime.strptime(text, written).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise Refused("date_not_read")


def past_date_parser(today: date) -> Callable[[str], date]:
    """Return a parser of days up to today; it raises `date_not_read` or `day_in_future`."""

    def parse_past_date(text: str) -> date:
        day = parse_date(text)
        if day > today:
            raise Refused("day_in_future")
        return day

    return parse_past_date


def parse_time(text: str) -> time:
    """Return a wall-clock time, written 09:30, 9h30, 9h or 09:30:00.

    Raises
    ------
    Refused
        `time_not_read`.
    """
    match = TIME.fullmatch(text)
    if match is None:
        raise Refused("time_not_read")
    try:
        hour, minute, second = (int(part or 0) for part in match.groups())
        return time(hour, minute, second)
    except ValueError:
        raise Refused("time_not_read") from None


def parse_whole_number(text: str) -> int:
    """Return a whole number of at most nine digits, at least 0.

    Raises
    ------
    Refused
        `number_not_read`.
    """
    digits = _without_spaces(text)
    if not WHOLE_NUMBER.fullmatch(digits):
        raise Refused("number_not_read")
    return int(digits)


def parse_decimal(text: str) -> float:
    """Return a number written with a point or a comma.

    Raises
    ------
    Refused
        `decimal_not_read`.
    """
    number = _without_spaces(text).replace(",", ".")
    if not DECIMAL.fullmatch(number):
        raise Refused("decimal_not_read")
    return float(number)


def parse_volume_ml(text: str) -> int:
    """Return a volume in millilitres; a number without a unit is one of millilitres.

    `1500`, `1 500 ml` and `1,5 L` are the same volume. `1,5` without a unit is refused.

    Raises
    ------
    Refused
        `number_not_read`.
    """
    compact = _without_spaces(text).lower().replace(",", ".")
    match = VOLUME.fullmatch(compact)
    if match is None:
        return parse_whole_number(text)
    millilitres = Decimal(match[1]) * MILLILITRES[match[2]]
    if millilitres != int(millilitres):
        raise Refused("number_not_read")
    return int(millilitres)


def parse_yes_no(text: str) -> bool:
    """Return whether a text is a yes, in English or French.

    Raises
    ------
    Refused
        `yes_no_not_read`.
    """
    word = text.lower()
    if word not in YES | NO:
        raise Refused("yes_no_not_read")
    return word in YES


def choice_parser(choices: type[Choice], code: str) -> Callable[[str], Choice]:
    """Return a parser of one of these choices by its value; it raises the code otherwise."""

    def parse_choice(text: str) -> Choice:
        try:
            return choices(text)
        except ValueError:
            raise Refused(code) from None

    return parse_choice


def parse_email(text: str) -> str:
    """Return an e-mail address in small letters.

    Raises
    ------
    Refused
        `email_not_valid`.
    """
    if not EMAIL.fullmatch(text):
        raise Refused("email_not_valid")
    return text.lower()


def parse_phone(text: str) -> str:
    """Return a telephone number as it was written.

    Raises
    ------
    Refused
        `phone_not_valid`.
    """
    if not PHONE.fullmatch(text):
        raise Refused("phone_not_valid")
    return text


def clean(text: str) -> str:
    """Return a text without the spaces around it and without NUL, which PostgreSQL refuses."""
    return text.replace("\x00", "").strip()


def _without_spaces(text: str) -> str:
    return "".join(text.split())
