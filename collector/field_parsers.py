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

TIME = re.compile(
    r"(\d{1,2})(?:[:h.](?:(\d{2})(?::(\d{2}))?(?:min)?)?)?(am|pm)?", re.ASCII | re.IGNORECASE
)
DAY_FRACTION = re.compile(r"0,\d{1,12}", re.ASCII)
MINUTES_OF_A_DAY = 24 * 60
HOURS_OF_A_HALF = 12
WHOLE_CELSIUS = re.compile(r"-?\d{1,2}", re.ASCII)
WHOLE_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
DECIMAL = re.compile(r"[+-]?\d{1,9}(\.\d{1,12})?", re.ASCII)
VOLUME = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)(ml|cl|dl|l)", re.ASCII)
MILLILITRES = {"ml": 1, "cl": 10, "dl": 100, "l": 1000}
OLDEST_BABY_YEARS = 20
"""Age of a donor's child above which a birthday is a slip, past donors included."""

YES = frozenset({"yes", "y", "oui", "o", "true", "vrai", "1"})
NO = frozenset({"no", "n", "non", "false", "faux", "0"})


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


def birthday_parser(today: date) -> Callable[[str], date]:
    """Return a parser of a baby's birthday.

    It raises `date_not_read`, `day_in_future` or `born_too_long_ago` (`years`).
    """
    parse_past_date = past_date_parser(today)

    def parse_birthday(text: str) -> date:
        day = parse_past_date(text)
        if day.year < today.year - OLDEST_BABY_YEARS:
            raise Refused("born_too_long_ago", years=OLDEST_BABY_YEARS)
        return day

    return parse_birthday


def parse_time(text: str) -> time:
    """Return a wall-clock time, written 09:30, 9h30, 9 h, 9.30, 9:30 AM or 09:30:00.

    A fraction of a day such as `0,375`, to which a spreadsheet turns 09:00, is understood too.

    Raises
    ------
    Refused
        `time_not_read`.
    """
    compact = _without_spaces(text)
    if DAY_FRACTION.fullmatch(compact):
        minutes = round(MINUTES_OF_A_DAY * float(compact.replace(",", ".")))
        compact = f"{minutes // 60}:{minutes % 60:02}"
    match = TIME.fullmatch(compact)
    if match is None:
        raise Refused("time_not_read")
    hour, minute, second = (int(part or 0) for part in match.groups()[:3])
    half = (match[4] or "").lower()
    if half and not 1 <= hour <= HOURS_OF_A_HALF:
        raise Refused("time_not_read")
    if half:
        hour = hour % HOURS_OF_A_HALF + (HOURS_OF_A_HALF if half == "pm" else 0)
    try:
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


def parse_celsius(text: str) -> int:
    """Return a whole number of degrees Celsius, from -99 to 99.

    Raises
    ------
    Refused
        `celsius_not_read`.
    """
    figure = _without_spaces(text).replace("\N{MINUS SIGN}", "-")
    if not WHOLE_CELSIUS.fullmatch(figure):
        raise Refused("celsius_not_read")
    return int(figure)


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

    Letters with accents are refused: mail servers seldom take them, and most are slips.

    Raises
    ------
    Refused
        `email_not_valid`.
    """
    import email_validator  # noqa: PLC0415 - 0.1 s that few commands need

    try:
        address = email_validator.validate_email(
            text, allow_smtputf8=False, check_deliverability=False
        )
    except email_validator.EmailNotValidError:
        raise Refused("email_not_valid") from None
    return address.normalized.lower()


def phone_parser(country: str) -> Callable[[str], str]:
    """Return a parser of telephone numbers, which returns the number as it was written.

    The length is checked, not the prefix: numbering plans change before the library knows it.
    The parser raises `phone_not_valid` for a remark, for two numbers, and for a missing digit.

    Parameters
    ----------
    country
        The ISO 3166 code of the country of numbers without an international prefix.
    """

    def parse_phone(text: str) -> str:
        import phonenumbers  # noqa: PLC0415 - 0.1 s that few commands need

        try:
            number = phonenumbers.parse(text, country)
        except phonenumbers.NumberParseException:
            raise Refused("phone_not_valid") from None
        spelled = any(sign.isalpha() for sign in text)
        length = phonenumbers.is_possible_number_with_reason(number)
        if spelled or length != phonenumbers.ValidationResult.IS_POSSIBLE:
            raise Refused("phone_not_valid")
        return text

    return parse_phone


def takes_text_messages(phone: str | None, country: str) -> bool:
    """Return whether a number may receive text messages; a landline, 0800 and the like may not.

    A number of a kind that the library does not know yet may: numbering plans change before it.
    """
    import phonenumbers  # noqa: PLC0415 - 0.1 s that few commands need

    try:
        kind = phonenumbers.number_type(phonenumbers.parse(phone or "", country))
    except phonenumbers.NumberParseException:
        return False
    return kind in {
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        phonenumbers.PhoneNumberType.UNKNOWN,
    }


def clean(text: str) -> str:
    """Return a text without the spaces around it and without NUL, which PostgreSQL refuses."""
    return text.replace("\x00", "").strip()


def _without_spaces(text: str) -> str:
    return "".join(text.split())
