"""Parts of addresses as values: keys of rows, and days."""

from datetime import date
from typing import Final

from flask import Flask
from werkzeug.routing import BaseConverter, IntegerConverter, ValidationError

LARGEST_KEY: Final = 2**31 - 1


class KeyConverter(IntegerConverter):
    """URL converter of row keys; a number that no row can have becomes 0, which none has.

    To refuse it would be wrong: where another method has the same address, the answer would be 405.
    """

    def to_python(self, value: str) -> int:
        """Return the key of a text."""
        key = super().to_python(value)
        return key if key <= LARGEST_KEY else 0


class DayConverter(BaseConverter):
    """URL converter of days, as in 2026-11-24; another text matches nothing."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """Return the day of a text."""
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValidationError from error

    def to_url(self, value: date | str) -> str:
        """Return the text of a day."""
        return str(value)


def init_app(app: Flask) -> None:
    """Teach the application both converters."""
    app.url_map.converters["int"] = KeyConverter
    app.url_map.converters["date"] = DayConverter
