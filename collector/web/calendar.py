"""Calendar feed of shifts under a secret address, without donors and stops."""

from datetime import timedelta

from flask import Blueprint, Response, make_response
from flask_babel import force_locale, gettext
from icalendar import Calendar
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.db import reading
from collector.errors import NotFound
from collector.people.feeds import read_feed
from collector.people.models import Person
from collector.service_day import ServiceDay
from collector.shifts.duty import duty_of
from collector.shifts.queries import absences_between, shifts_between
from collector.web.framework.guards import anyone, now
from collector.web.shift_events import shift_event
from collector.web.wording import COLON

blueprint = Blueprint("calendar", __name__)

WEEKS_BACK, WEEKS_AHEAD = 2, 26


@blueprint.get("/calendar/<token>.ics")
@anyone
def shifts(token: str) -> Response:
    """Return the shifts of a feed: a person's own, or all of the bank."""
    with reading() as session:
        feed = read_feed(session, token)
        if feed is None:
            raise NotFound("http_404")
        person, everybody = feed
        with force_locale(person.language):
            content = _calendar(session, person, everybody=everybody).to_ical()
    answer = make_response(content)
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    return answer


def _calendar(session: Session, person: Person, *, everybody: bool) -> Calendar:
    bank = get_bank(session, person.bank_id)
    today = ServiceDay.of(now(), bank.zone).day
    first, last = today - timedelta(weeks=WEEKS_BACK), today + timedelta(weeks=WEEKS_AHEAD)
    person_id = None if everybody else person.id
    found = shifts_between(session, bank_id=bank.id, person_id=person_id, first=first, last=last)
    absences = absences_between(session, bank_id=bank.id, first=first, last=last)
    calendar = Calendar()
    calendar.add("prodid", "-//Milkround//shifts//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", bank.name if everybody else gettext("My shifts"))
    for shift in found:
        who = f"{shift.collector.name}{COLON} " if everybody else ""
        event = shift_event(shift, bank, who)
        if duty_of(shift, absences, bank.zone) is None:
            event.add("status", "CANCELLED")
        calendar.add_component(event)
    return calendar
