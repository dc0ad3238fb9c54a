"""Shifts as events of a calendar file, without donors and stops."""

from datetime import date

from flask_babel import gettext
from icalendar import Calendar, Event
from sqlalchemy.orm import Session

from collector.banks.models import Bank
from collector.banks.queries import get_bank
from collector.service_day import ServiceDay
from collector.shifts.models import RosterShift
from collector.shifts.queries import shifts_between
from collector.web.framework.guards import now
from collector.web.wording import COLON


def roster_calendar(session: Session, bank_id: int, *, first: date, last: date) -> bytes:
    """Return the shifts of a bank between two days as a calendar file."""
    bank = get_bank(session, bank_id)
    calendar = Calendar()
    calendar.add("prodid", "-//Milkround//shifts//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", bank.name)
    for shift in shifts_between(session, bank_id=bank_id, first=first, last=last):
        calendar.add_component(shift_event(shift, bank, f"{shift.collector.name}{COLON} "))
    content: bytes = calendar.to_ical()
    return content


def shift_event(shift: RosterShift, bank: Bank, who: str) -> Event:
    """Return a shift as an event; `who` begins its title."""
    day = ServiceDay(shift.day, bank.zone)
    event = Event()
    event.add("uid", f"shift-{shift.id}@{bank.slug}.milkround")
    event.add("dtstamp", now())
    event.add("dtstart", day.instant(shift.begins))
    event.add("dtend", day.instant(shift.ends))
    event.add("summary", who + gettext("Round, %(vehicle)s", vehicle=shift.vehicle or "?"))
    event.add("location", shift.start_site.name)
    return event
