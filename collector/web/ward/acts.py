"""Context of an act of a ward: the instant, the bank, the person of the session, today."""

from datetime import date, datetime
from typing import TypedDict
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from collector.errors import Refused
from collector.recipients.models import Ward
from collector.recipients.queries import ward_of_person
from collector.service_day import ServiceDay
from collector.web.framework.guards import actor, now, person_id


class WardContext(TypedDict):
    """The instant, the bank and the person of an act."""

    now: datetime
    bank_id: int
    person_id: int


def ward_context() -> WardContext:
    """Return the context of the request; the person is the one of the session, never of a form."""
    return WardContext(now=now(), bank_id=actor().bank_id, person_id=person_id())


def civil_today() -> date:
    """Return the date of today in the bank's time zone."""
    return ServiceDay.of(now(), ZoneInfo(actor().time_zone)).day


def own_ward(session: Session) -> Ward:
    """Return the ward of the signed-in person.

    Raises
    ------
    Refused
        `no_ward`: the person belongs to none.
    """
    ward = ward_of_person(session, bank_id=actor().bank_id, person_id=person_id())
    if ward is None:
        raise Refused("no_ward")
    return ward
