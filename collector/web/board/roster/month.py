"""Calendar of the bank: a month of days with collectors, visits, room left, dues and holidays."""

import calendar as months
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint
from sqlalchemy.orm import Session

from collector.banks.fleet import due_dates
from collector.db import reading
from collector.people.models import Role
from collector.planning.horizon.forecast import due_donors
from collector.rounds.queries import visits_by_day
from collector.shifts.queries import duties_between
from collector.web.board.page_context import civil_day, page, today
from collector.web.board.roster.page import DayHead, weeks_between
from collector.web.framework.forms import Form, ParsedField
from collector.web.framework.guards import actor, guard, now

blueprint = Blueprint("month", __name__, url_prefix="/roster/month")
guard(blueprint, Role.COORDINATOR, Role.ADMIN, within="board")

DUE_DAYS = 62


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """A day of the month.

    Attributes
    ----------
    collectors
        Number of collectors on duty.
    visits
        Number of visits in rounds.
    room
        Bottles that fit beside those of the visits; None without a collector.
    due
        Number of donors due by then, and names of vehicles and boxes.
    """

    head: DayHead
    collectors: int
    visits: int
    room: int | None
    donors_due: int
    fleet_due: tuple[str, ...]


class MonthForm(Form):
    """A day of the shown month."""

    month = ParsedField[date | None](civil_day, blank=None)


@blueprint.get("")
def home() -> str:
    """Show a month."""
    chosen = MonthForm.queried().month.data or today()
    first = chosen.replace(day=1)
    last = first.replace(day=months.monthrange(first.year, first.month)[1])
    with reading() as session:
        return page(
            session,
            "board/roster/month.html",
            first=first,
            days=_days(session, first, last),
            blanks=first.weekday(),
            before=(first - timedelta(days=1)).replace(day=1),
            after=last + timedelta(days=1),
        )


def _days(session: Session, first: date, last: date) -> list[CalendarDay]:
    bank_id = actor().bank_id
    monday = first - timedelta(days=first.weekday())
    sunday = last + timedelta(days=6 - last.weekday())
    heads = [head for week in weeks_between(session, monday, sunday) for head in week.days]
    duties = duties_between(session, bank_id=bank_id, first=first, last=last)
    visits = visits_by_day(session, bank_id=bank_id, first=first, last=last)
    collectors = Counter(duty.shift.day for duty in duties)
    capacity: Counter[date] = Counter()
    for duty in duties:
        capacity[duty.shift.day] += duty.shift.capacity_bottles
    dues = _donors_due(session, bank_id)
    fleet: dict[date, list[str]] = defaultdict(list)
    for _kind, name, on in due_dates(session, bank_id=bank_id, until=last):
        fleet[on].append(name)
    return [
        CalendarDay(
            head=head,
            collectors=collectors[head.day],
            visits=visits[head.day].visits if head.day in visits else 0,
            room=_room(capacity[head.day], visits[head.day].bottles if head.day in visits else 0)
            if collectors[head.day]
            else None,
            donors_due=dues[head.day],
            fleet_due=tuple(fleet[head.day]),
        )
        for head in heads
        if first <= head.day <= last
    ]


def _room(capacity: int, taken: int) -> int:
    return max(0, capacity - taken)


def _donors_due(session: Session, bank_id: int) -> Counter[date]:
    found = due_donors(session, bank_id=bank_id, now=now(), days=DUE_DAYS)
    waiting = (due.forecast.comes_by for due in found if due.open is None and not due.paused)
    return Counter(day for day in waiting if day is not None)
