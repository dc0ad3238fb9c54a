"""Every sentence that a code stands for, in the reader's language.

Capabilities say codes and figures; here they become words. A page's own words are in its template.
"""

from collections.abc import Mapping
from datetime import date, datetime

from flask import Flask
from flask_babel import format_date, format_datetime, format_decimal, lazy_gettext
from flask_babel.speaklater import LazyString

from collector.errors import MilkroundError

_ = lazy_gettext

ERRORS: Mapping[str, LazyString] = {
    "http_400": _("We could not read this request. Nothing was changed."),
    "http_401": _("Please sign in first."),
    "http_403": _("This page is not for your account."),
    "http_404": _("There is nothing at this address."),
    "http_405": _("This address does not take that action."),
    "http_413": _("That file is too large. Nothing was kept; send a smaller one."),
    "http_415": _("We could not read this kind of content."),
    "http_429": _("That was tried too often. Please wait a little."),
    "http_500": _("Something broke on our side. What you sent was not kept; please try again."),
    "http_503": _("The database does not answer. Nothing was changed; please try again soon."),
    "not_found": _("This does not exist, or is not yours."),
    "form_too_old": _("This page had been open for too long. Reload it and send again."),
    "link_not_valid": _("This link was used already or is too old. Ask for a new one."),
    "changed_meanwhile": _("A colleague changed this a moment ago. Look again, then decide."),
}


def init_app(app: Flask) -> None:
    """Give templates the words and the formats."""
    app.jinja_env.filters.update(
        day=day, short_day=short_day, clock=clock, moment=moment, number=number, litres=litres
    )


def sentence(error: MilkroundError) -> str:
    """Return what an error says to a person."""
    known = ERRORS.get(error.code)
    if known is None:
        raise LookupError(f"no sentence for {error.code!r}; add it to collector.web.wording")
    return str(known) % error.figures if error.figures else str(known)


def day(value: date) -> str:
    """Return a day with its weekday: Tuesday 24 November."""
    return str(format_date(value, "EEEE d MMMM"))


def short_day(value: date) -> str:
    """Return a day in little room: Tue 24 Nov."""
    return str(format_date(value, "EEE d MMM"))


def clock(value: datetime) -> str:
    """Return an instant as the bank's wall clock shows it: 09:05."""
    return str(format_datetime(value, "HH:mm"))


def moment(value: datetime) -> str:
    """Return an instant with its day."""
    return str(format_datetime(value, "EEE d MMM HH:mm"))


def number(value: float) -> str:
    """Return a number as the language writes it."""
    return str(format_decimal(value))


def litres(millilitres: int) -> str:
    """Return a volume in litres, with a space that does not break: 1.4 L."""
    return f"{format_decimal(millilitres / 1000, '0.0#')}\N{NO-BREAK SPACE}L"
