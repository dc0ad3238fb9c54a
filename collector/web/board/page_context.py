"""Context of every page of the board, and parsers of its addresses and forms."""

from datetime import date, datetime
from enum import StrEnum
from typing import TypedDict, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import render_template, request
from sqlalchemy.orm import Session

from collector.errors import NotFound, Refused
from collector.field_parsers import past_date_parser
from collector.people.models import Person, Role
from collector.people.queries import people_with_role
from collector.pickups.queries import count_unanswered
from collector.planning.editing.commit import EditContext
from collector.service_day import ServiceDay
from collector.web.framework.forms import Form
from collector.web.framework.guards import actor, now

YEARS = range(2020, 2101)
LONGEST_REASON = 200

Choice = TypeVar("Choice", bound=StrEnum)


def page(session: Session, template: str, **figures: object) -> str:
    """Render a page of the board with the number of unanswered requests."""
    waiting = count_unanswered(session, actor().bank_id)
    return render_template(template, waiting=waiting, **figures)


class Author(TypedDict):
    """The instant, the bank and the actor of an action, as its keyword arguments."""

    now: datetime
    bank_id: int
    actor: str


def author() -> Author:
    """Return the author of an action of this request."""
    return Author(now=now(), bank_id=actor().bank_id, actor=actor().reference)


def refuse_mistaken(form: Form) -> None:
    """Leave a transaction without a change if the form has mistakes.

    Raises
    ------
    Refused
        `form_mistaken`; the page shows the mistakes of the form instead.
    """
    if form.wrong:
        raise Refused("form_mistaken")


def zone() -> ZoneInfo:
    """Return the time zone of the coordinator's bank."""
    return ZoneInfo(actor().time_zone)


def today() -> date:
    """Return today in the bank's time zone."""
    return ServiceDay.of(now(), zone()).day


def civil_day(text: str) -> date:
    """Return the day in an address.

    Raises
    ------
    NotFound
        It is no day of the calendar, or outside the years that a bank plans.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotFound("http_404") from None
    if day.year not in YEARS:
        raise NotFound("http_404")
    return day


def parse_past_date(text: str) -> date:
    """Return the day a form gives for an event that has happened.

    Raises
    ------
    Refused
        `date_not_read`, `day_in_future`.
    """
    return past_date_parser(today())(text)


def whole_number(text: str) -> int:
    """Return the number in a form or an address.

    Raises
    ------
    NotFound
        It is not a number of a key.
    """
    if not (text.isascii() and text.isdigit() and len(text) < len("2147483648")):
        raise NotFound("not_found")
    return int(text)


def uuid_of(text: str) -> UUID:
    """Return the UUID in an address.

    Raises
    ------
    NotFound
        It is not a UUID.
    """
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("not_found") from None


def edit_context(reason: str = "") -> EditContext:
    """Return the context of an edit: now, the signed-in person, and a reason."""
    return EditContext(now=now(), actor=actor().reference, reason=reason.strip()[:LONGEST_REASON])


def chosen(choices: type[Choice], text: str) -> Choice:
    """Return the choice in a form.

    Raises
    ------
    NotFound
        It is none of the choices.
    """
    try:
        return choices(text)
    except ValueError:
        raise NotFound("not_found") from None


def people_by_id(session: Session, *roles: Role) -> dict[int, Person]:
    """Return the bank's people of these roles by their keys."""
    return {
        person.id: person
        for role in roles
        for person in people_with_role(session, bank_id=actor().bank_id, role=role)
    }


def is_fragment() -> bool:
    """Return whether htmx requested a part of the page."""
    return "HX-Request" in request.headers
