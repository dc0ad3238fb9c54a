"""Days, times and figures, as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from flask import Flask
from flask_babel import force_locale

from collector.web import formats

FIRST = date(2026, 12, 1)
EARLY = datetime(2026, 12, 1, 7, 5, tzinfo=UTC)
"""No bank is signed in: its clock is that of UTC."""


@pytest.mark.parametrize(
    ("form", "value", "french", "english"),
    [
        ("day", FIRST, "mardi 1er décembre", "Tuesday 1 December"),
        ("day", date(2026, 12, 21), "lundi 21 décembre", "Monday 21 December"),
        ("short_day", FIRST, "mar. 1er déc.", "Tue 1 Dec"),
        ("long_day", FIRST, "1er décembre 2026", "1 December 2026"),
        ("numeric_day", FIRST, "01/12", "01/12"),
        ("clock", EARLY, "07:05", "07:05"),
        ("hour", EARLY, "7 h 05", "07:05"),
        ("hour", time(9), "9 h", "09:00"),
        ("hour", time(0, 30), "0 h 30", "00:30"),
        ("hour", "13:30", "13 h 30", "13:30"),
        ("moment", EARLY, "mar. 1er déc. à 7 h 05", "Tue 1 Dec 07:05"),
        ("moment", datetime(2026, 12, 2, 1, 0, tzinfo=UTC), "mer. 2 déc. à 1 h", "Wed 2 Dec 01:00"),
        ("litres", 1425, "1,43 L", "1.43 L"),
        ("number", 1234.5, "1\u202f234,5", "1,234.5"),
    ],
)
def test_a_form_is_that_of_its_language(
    app: Flask, form: str, value: object, french: str, english: str
) -> None:
    write = getattr(formats, form)
    for language, expected in (("fr", french), ("en", english)):
        with app.test_request_context(), force_locale(language):
            assert write(value).replace("\u00a0", " ") == expected


def test_a_figure_never_parts_from_its_unit(app: Flask) -> None:
    with app.test_request_context(), force_locale("fr"):
        told = [formats.hour("09:30"), formats.litres(1400), formats.hours(time(9), time(11, 30))]
    assert told == ["9\u00a0h\u00a030", "1,4\u00a0L", "9\u00a0h\u00a0\u2013\u00a011\u00a0h\u00a030"]
