"""Context of an act of the dispensary: the instant, the bank, the person of the session, today."""

from datetime import date, datetime
from typing import TypedDict
from zoneinfo import ZoneInfo

from collector.service_day import ServiceDay
from collector.web.framework.guards import actor, now, person_id


class CounterContext(TypedDict):
    """The instant, the bank and the person of an act."""

    now: datetime
    bank_id: int
    person_id: int


def counter_context() -> CounterContext:
    """Return the context of the request; the person is the one of the session, never of a form."""
    return CounterContext(now=now(), bank_id=actor().bank_id, person_id=person_id())


def civil_today() -> date:
    """Return the date of today in the bank's time zone."""
    return ServiceDay.of(now(), ZoneInfo(actor().time_zone)).day
