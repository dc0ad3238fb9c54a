"""The roster: people and days, four weeks at a glance; a copy of the week before."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, flash, redirect, url_for
from flask_babel import get_locale, ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.calendar import closing_days, public_holidays
from collector.banks.models import ClosingDay
from collector.banks.queries import get_bank
from collector.db import reading, transaction
from collector.errors import Refused
from collector.people.models import Person, Role
from collector.people.queries import people_with_role
from collector.rounds.queries import published_days
from collector.shifts.models import WeekLetter
from collector.shifts.roster import Cell, Roster, WeekHours, load_roster, monday_of
from collector.shifts.usual_weeks import week_letter
from collector.shifts.week_edits import copy_week
from collector.web.board.page_context import civil_day, page, today
from collector.web.board.roster.forms import CopyForm
from collector.web.formats import short_day
from collector.web.framework.forms import Form, ParsedField
from collector.web.framework.guards import actor, guard, now
from collector.web.wording import COLON, sentence

blueprint = Blueprint("roster", __name__, url_prefix="/roster")
guard(blueprint, Role.COORDINATOR, Role.ADMIN, within="board")

WEEKS = 4
MOST_NAMED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class DayHead:
    """A column of the grid.

    Attributes
    ----------
    words
        The day in words; formatted once for all people.
    holiday
        The name of the public holiday; empty on other days.
    closing
        The closing day of the bank, if it is one.
    published
        Whether rounds of the day are published.
    """

    day: date
    words: str
    holiday: str
    closing: ClosingDay | None
    published: bool
    is_today: bool

    @property
    def is_free(self) -> bool:
        """Whether the day is a weekend, a public holiday or a closing day."""
        weekend = 6
        return bool(self.holiday or self.closing or self.day.isoweekday() >= weekend)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week of the grid: its days, and whether it is an A or a B week."""

    monday: date
    letter: WeekLetter
    days: tuple[DayHead, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A person of the grid: per week the cells and the hours."""

    person: Person
    weeks: tuple[tuple[Week, tuple[tuple[DayHead, Cell], ...], WeekHours], ...]


class FirstDayForm(Form):
    """The first day of the shown weeks."""

    first = ParsedField[date | None](civil_day, blank=None)


@blueprint.get("")
def home() -> str:
    """Show the roster of four weeks."""
    return roster_page(FirstDayForm.queried().first.data or today())


@blueprint.post("/copies")
def copy() -> Response | tuple[str, int]:
    """Copy the week before into a week, for one person or for all."""
    form = CopyForm.sent()
    if not form.validate():
        return roster_page(today(), wrong=form.first_wrong), 422
    monday = monday_of(form.monday.data or today())
    with transaction() as session:
        people = [
            person
            for person in collectors(session)
            if not form.person.data or person.id == form.person.data
        ]
        written, left_out = (
            copy_week(session, now=now(), actor=actor().reference, people=people, monday=monday)
            if people
            else (0, [])
        )
    flash(ngettext("%(num)s shift is copied.", "%(num)s shifts are copied.", written), "ok")
    for day, name, mistake in left_out[:MOST_NAMED]:
        why = sentence(Refused(mistake.code, **mistake.figures))
        flash(f"{name}, {short_day(day)}{COLON} {why}", "warn")
    return redirect(url_for("board.roster.home", first=monday - timedelta(7)), code=303)


def roster_page(first: date, *, wrong: str = "") -> str:
    """Render the roster of four weeks from the Monday before a day on."""
    monday = monday_of(first)
    last = monday + timedelta(days=7 * WEEKS - 1)
    with reading() as session:
        roster = load_roster(session, bank_id=actor().bank_id, first=monday, last=last)
        weeks = weeks_between(session, monday, last)
        return page(
            session,
            "board/roster/page.html",
            lines=[_line(roster, person, weeks) for person in shown_people(session, roster)],
            weeks=weeks,
            first=monday,
            last=last,
            before=monday - timedelta(days=7 * WEEKS),
            after=last + timedelta(days=1),
            today=today(),
            roster=roster,
            wrong=wrong,
            closings=[each.closing for week in weeks for each in week.days if each.closing],
            holidays=[each for week in weeks for each in week.days if each.holiday],
            WeekLetter=WeekLetter,
        )


def weeks_between(session: Session, monday: date, last: date) -> tuple[Week, ...]:
    """Return the weeks from a Monday to a Sunday with the marks of their days."""
    bank, language = get_bank(session, actor().bank_id), str(get_locale())
    holidays = public_holidays(bank, first=monday, last=last, language=language)
    closings = {
        each.day: each for each in closing_days(session, bank_id=bank.id, first=monday, last=last)
    }
    published = published_days(session, bank_id=bank.id, first=monday, last=last)
    present = today()

    def head(day: date) -> DayHead:
        return DayHead(
            day=day,
            words=short_day(day),
            holiday=holidays.get(day, ""),
            closing=closings.get(day),
            published=day in published,
            is_today=day == present,
        )

    count = ((last - monday).days + 1) // 7
    mondays = [monday + timedelta(days=7 * number) for number in range(count)]
    return tuple(
        Week(
            monday=each,
            letter=week_letter(each),
            days=tuple(head(each + timedelta(days=ahead)) for ahead in range(7)),
        )
        for each in mondays
    )


def collectors(session: Session) -> list[Person]:
    """Return the active collectors of the bank, by name."""
    return people_with_role(session, bank_id=actor().bank_id, role=Role.COLLECTOR)


def shown_people(session: Session, roster: Roster) -> list[Person]:
    """Return the collectors, and people who have left with shifts in these weeks, by name."""
    known = {person.id: person for person in collectors(session)}
    for found in roster.shifts.values():
        for shift in found:
            known.setdefault(shift.collector_id, shift.collector)
    return sorted(known.values(), key=lambda person: (not person.active, person.name))


def _line(roster: Roster, person: Person, weeks: tuple[Week, ...]) -> Line:
    return Line(
        person=person,
        weeks=tuple(
            (
                week,
                tuple((head, roster.cell(person.id, head.day)) for head in week.days),
                roster.hours(person.id, week.monday),
            )
            for week in weeks
        ),
    )
