"""The parsers of fields: each accepted spelling, and the nearest refused one."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

import pytest

from collector.errors import Refused
from collector.field_parsers import (
    birthday_parser,
    choice_parser,
    clean,
    parse_date,
    parse_decimal,
    parse_email,
    parse_time,
    parse_volume_ml,
    parse_whole_number,
    parse_yes_no,
    past_date_parser,
    phone_parser,
    takes_text_messages,
)
from collector.pickups.models import Kit

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (parse_date, "2026-11-24", date(2026, 11, 24)),
        (parse_date, "24/11/2026", date(2026, 11, 24)),
        (parse_date, "24.11.2026", date(2026, 11, 24)),
        (past_date_parser(TODAY), "2026-11-23", TODAY),
        (parse_time, "9", time(9)),
        (parse_time, "9h", time(9)),
        (parse_time, "9H30", time(9, 30)),
        (parse_time, "09:30", time(9, 30)),
        (parse_time, "23:59:59", time(23, 59, 59)),
        (parse_time, "12.30", time(12, 30)),
        (parse_time, "9 h 00", time(9)),
        (parse_time, "12h30min", time(12, 30)),
        (parse_time, "9:00 AM", time(9)),
        (parse_time, "1:00 PM", time(13)),
        (parse_time, "12:30 am", time(0, 30)),
        (parse_time, "12 pm", time(12)),
        (parse_time, "0,375", time(9)),
        (parse_time, "0,5", time(12)),
        (parse_whole_number, "1 500", 1500),
        (parse_whole_number, "1\N{NARROW NO-BREAK SPACE}500", 1500),
        (parse_whole_number, "999999999", 999_999_999),
        (parse_decimal, "44,84", 44.84),
        (parse_decimal, "-0.58", -0.58),
        (parse_volume_ml, "1500", 1500),
        (parse_volume_ml, "1 500 ml", 1500),
        (parse_volume_ml, "1,5 L", 1500),
        (parse_volume_ml, "150 cl", 1500),
        (parse_volume_ml, "0.001 l", 1),
        (parse_yes_no, "Oui", True),
        (parse_yes_no, "no", False),
        (choice_parser(Kit, "state_missing"), "labels", Kit.LABELS),
        (parse_email, "Dora@Home.example", "dora@home.example"),
        (phone_parser("FR"), "+33 5 00 00 00 00", "+33 5 00 00 00 00"),
        (phone_parser("FR"), "06.39.98.56.78", "06.39.98.56.78"),
        (phone_parser("FR"), "0692 12 34 56", "0692 12 34 56"),
        (phone_parser("GB"), "020 7946 0958", "020 7946 0958"),
        (phone_parser("US"), "(202) 555-0143", "(202) 555-0143"),
        (phone_parser("BR"), "(11) 96123-4567", "(11) 96123-4567"),
    ],
)
def test_a_spelling_is_understood(parse: Callable[[str], object], text: str, value: object) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text", "code"),
    [
        (parse_date, "2026-02-30", "date_not_read"),
        (parse_date, "11/24/2026", "date_not_read"),
        (parse_date, "yesterday", "date_not_read"),
        (past_date_parser(TODAY), "2026-11-24", "day_in_future"),
        (past_date_parser(TODAY), "soon", "date_not_read"),
        (birthday_parser(TODAY), "2026-11-24", "day_in_future"),
        (birthday_parser(TODAY), "03/05/1926", "born_too_long_ago"),
        (parse_time, "24:00", "time_not_read"),
        (parse_time, "9:60", "time_not_read"),
        (parse_time, "9::30", "time_not_read"),
        (parse_time, "nine", "time_not_read"),
        (parse_time, "13:00 PM", "time_not_read"),
        (parse_time, "0 AM", "time_not_read"),
        (parse_time, "0,9999", "time_not_read"),
        (parse_time, "1,5", "time_not_read"),
        (parse_whole_number, "1,5", "number_not_read"),
        (parse_whole_number, "-1", "number_not_read"),
        (parse_whole_number, "1000000000", "number_not_read"),
        (parse_whole_number, "\N{ARABIC-INDIC DIGIT ONE}", "number_not_read"),
        (parse_decimal, "north", "decimal_not_read"),
        (parse_decimal, "1e3", "decimal_not_read"),
        (parse_decimal, "nan", "decimal_not_read"),
        (parse_volume_ml, "1,5", "number_not_read"),
        (parse_volume_ml, "1,5 ml", "number_not_read"),
        (parse_volume_ml, "2 gallons", "number_not_read"),
        (parse_yes_no, "maybe", "yes_no_not_read"),
        (choice_parser(Kit, "state_missing"), "bottles", "state_missing"),
        (parse_email, "dora at home", "email_not_valid"),
        (parse_email, "dora@home", "email_not_valid"),
        (parse_email, "dora..martin@home.example", "email_not_valid"),
        (parse_email, "zo\N{LATIN SMALL LETTER E WITH ACUTE}@home.example", "email_not_valid"),
        (phone_parser("FR"), "call in the evening", "phone_not_valid"),
        (phone_parser("FR"), "06 12 34 56", "phone_not_valid"),
        (phone_parser("FR"), "0639985678 / 0536490203", "phone_not_valid"),
        (phone_parser("FR"), "06 39 98 56 78 (husband)", "phone_not_valid"),
        (phone_parser("US"), "555-0143", "phone_not_valid"),
    ],
)
def test_a_text_without_a_value_is_refused_with_its_code(
    parse: Callable[[str], object], text: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        parse(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("phone", "country", "taken"),
    [
        ("06 39 98 00 01", "FR", True),
        ("+33 6 39 98 00 01", "GB", True),
        ("0692 12 34 56", "FR", True),
        ("(202) 555-0143", "US", True),
        ("05 36 49 00 01", "FR", False),
        ("0800 00 00 01", "FR", False),
        ("", "FR", False),
        (None, "FR", False),
    ],
)
def test_a_landline_takes_no_text_messages(phone: str | None, country: str, taken: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert takes_text_messages(phone, country) is taken


def test_a_text_is_cleaned_of_spaces_around_it_and_of_nul() -> None:
    assert clean(" a\x00 b\n") == "a b"
