"""What every page of the board needs: the count of requests that wait, a day read from a URL."""

from datetime import date
from enum import StrEnum
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.errors import NotFound
from collector.field_parsers import past_date_parser
from collector.people.models import Person, Role
from collector.people.queries import people_with_role
from collector.pickups.models import Pickup, PickupState
from collector.planning.editing.commit import By
from collector.service_day import ServiceDay
from collector.web.framework.guards import actor, now

YEARS = range(2020, 2101)
LONGEST_REASON = 200

Choice = TypeVar("Choice", bound=StrEnum)


def page(session: Session, template: str, **figures: object) -> str:
    """Render a page of the board; every one says how many requests wait."""
    asked = select(func.count()).where(
        Pickup.bank_id == actor().bank_id, Pickup.state == PickupState.ASKED
    )
    return render_template(template, waiting=session.scalar(asked) or 0, **figures)


def zone() -> ZoneInfo:
    """Return the time zone of the coordinator's bank."""
    return ZoneInfo(actor().time_zone)


def today() -> date:
    """Return today, as the bank's calendar has it."""
    return ServiceDay.of(now(), zone()).day


def civil_day(text: str) -> date:
    """Return the day a URL names.

    Raises
    ------
    NotFound
        It is no day of the calendar, or none that a bank plans.
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
    """Return the number a form or a URL gives.

    Raises
    ------
    NotFound
        It is none, so it names nothing.
    """
    if not (text.isascii() and text.isdigit() and len(text) < len("2147483648")):
        raise NotFound("not_found")
    return int(text)


def uuid_of(text: str) -> UUID:
    """Return the UUID a URL gives.

    Raises
    ------
    NotFound
        It is none, so it names nothing.
    """
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("not_found") from None


def by(reason: str = "") -> By:
    """Say who changes something now, and why a rule may be broken."""
    return By(now=now(), actor=actor().reference, reason=reason.strip()[:LONGEST_REASON])


def chosen(choices: type[Choice], text: str) -> Choice:
    """Return the choice that a form names.

    Raises
    ------
    NotFound
        It names none.
    """
    try:
        return choices(text)
    except ValueError:
        raise NotFound("not_found") from None


def people_by_id(session: Session, *roles: Role) -> dict[int, Person]:
    """Return the bank's people of these roles, for pages that name who did what."""
    return {
        person.id: person
        for role in roles
        for person in people_with_role(session, bank_id=actor().bank_id, role=role)
    }


def is_fragment() -> bool:
    """Whether htmx asked, for a part of the page."""
    return "HX-Request" in request.headers
