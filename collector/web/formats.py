"""Days, hours, numbers and volumes, written as the reader's language does."""

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

from flask import Flask
from flask_babel import format_date, format_datetime, format_decimal, get_locale

from collector.notices.gsm import to_gsm


def init_app(app: Flask) -> None:
    """Add formats to templates."""
    app.jinja_env.filters.update(
        day=day,
        short_day=short_day,
        long_day=long_day,
        numeric_day=numeric_day,
        clock=clock,
        hour=hour,
        moment=moment,
        number=number,
        litres=litres,
        gsm=to_gsm,
    )
    app.jinja_env.globals.update(hours=hours)


def day(value: date) -> str:
    """Return a day with its weekday: Tuesday 24 November."""
    return _first(format_date(value, "EEEE d MMMM"))


def short_day(value: date) -> str:
    """Return a short day: Tue 24 Nov."""
    return _first(format_date(value, "EEE d MMM"))


def long_day(value: date) -> str:
    """Return a day with its year: 24 November 2026."""
    return _first(format_date(value, "d MMMM y"))


def numeric_day(value: date) -> str:
    """Return a day in the least room, for the axis of a chart: 24/11."""
    return f"{value:%d/%m}"


def clock(value: datetime) -> str:
    """Return an instant in the bank's wall-clock time, for tables and timelines: 09:05."""
    return str(format_datetime(value, "HH:mm"))


def hour(value: datetime | time | str) -> str:
    """Return a time of day for a sentence: 09:05, in French 9 h 05.

    An instant is read in the bank's wall-clock time; a text is HH:MM.
    """
    if isinstance(value, datetime):
        text = clock(value)
    else:
        text = value if isinstance(value, str) else f"{value:%H:%M}"
    if not _is_french():
        return text
    hours, minutes = text.split(":")
    full = f"{int(hours)}\N{NO-BREAK SPACE}h"
    return full if minutes == "00" else f"{full}\N{NO-BREAK SPACE}{minutes}"


def hours(opens: time, closes: time) -> str:
    """Return a stretch of a day with a dash, for a donor: 09:00 to 12:00, in French 9 h to 12 h."""
    dash = "\N{NO-BREAK SPACE}\N{EN DASH}\N{NO-BREAK SPACE}" if _is_french() else "\N{EN DASH}"
    return f"{hour(opens)}{dash}{hour(closes)}"


def moment(value: datetime) -> str:
    """Return an instant with its day: Tue 24 Nov 09:05, in French mar. 24 nov. à 9 h 05."""
    day_in_words = _first(format_datetime(value, "EEE d MMM"))
    return f"{day_in_words}{' à ' if _is_french() else ' '}{hour(value)}"


def number(value: float) -> str:
    """Return a number in the format of the language."""
    return str(format_decimal(value))


def litres(millilitres: int) -> str:
    """Return a volume in litres, with a space that does not break: 1.4 L."""
    rounded = (Decimal(millilitres) / 1000).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{format_decimal(rounded, '0.0#')}\N{NO-BREAK SPACE}L"


def _first(text: str) -> str:
    """Return a French date with *1er* for the first of a month."""
    return re.sub(r"(^| )1 ", r"\g<1>1er ", text, count=1) if _is_french() else text


def _is_french() -> bool:
    return str(get_locale()) == "fr"
