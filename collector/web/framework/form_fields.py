"""What somebody typed into a field, as a value: a day, a time, a number; None where it is none.

Browsers send days and times in ISO form; who types them by hand writes them as she is used to.
"""

from datetime import date, datetime, time

DATE_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y")
TIME_FORMS = ("%H:%M", "%H:%M:%S", "%Hh%M")
LONGEST_NUMBER = 9


def as_day(text: str) -> date | None:
    """Return a civil day."""
    found = _parsed(text, DATE_FORMS)
    return found.date() if found else None


def as_time(text: str) -> time | None:
    """Return a time of the day."""
    found = _parsed(text, TIME_FORMS)
    return found.time() if found else None


def as_number(text: str) -> int | None:
    """Return a whole number that is not negative; spaces between its digits do not count."""
    digits = "".join(text.split())
    if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER:
        return int(digits)
    return None


def _parsed(text: str, forms: tuple[str, ...]) -> datetime | None:
    for form in forms:
        try:
            return datetime.strptime(text.strip(), form)  # noqa: DTZ007 - civil: it has no zone
        except ValueError:
            continue
    return None
