"""Files of the roster: shifts as CSV or .xlsx, and leave from a calendar (.ics)."""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from collector.banks.queries import get_bank, sites_of
from collector.csv_rows import CsvColumns, CsvFile, CsvRow, escaped, read_rows
from collector.errors import Refused
from collector.field_parsers import (
    FieldMistake,
    parse_date,
    parse_time,
    parse_whole_number,
    parse_yes_no,
)
from collector.people.models import Person, Role
from collector.people.queries import people_with_role
from collector.search_words import words_in
from collector.service_day import ServiceDay
from collector.shifts.actions import write_shift
from collector.shifts.contracts import BLOOD
from collector.shifts.drafts import RosterFacts, ShiftDraft, load_roster_facts, mistakes_in
from collector.shifts.models import RosterShift

Value = TypeVar("Value")

COLUMNS = CsvColumns(
    required=("collector", "day", "begins", "ends", "start", "end"),
    optional=(
        "vehicle",
        "boxes",
        "draws_blood",
        "break_minutes",
        "break_from",
        "break_until",
        "break_paid",
    ),
    headings={
        "collector": ("collectrice", "collecteur", "nom", "name", "email"),
        "day": ("jour", "date"),
        "begins": ("debut", "from"),
        "ends": ("fin", "until"),
        "start": ("depart",),
        "end": ("arrivee",),
        "vehicle": ("vehicule",),
        "boxes": ("caisses", "glacieres"),
        "draws_blood": ("prises de sang", "preleve"),
        "break_minutes": ("pause minutes",),
        "break_from": ("pause pas avant",),
        "break_until": ("pause finie a",),
        "break_paid": ("pause payee",),
    },
)
LONGEST_FILE = timedelta(days=400)
FIELD_COLUMNS = {"start_site_id": "start", "end_site_id": "end", "skills": "draws_blood"}
"""The columns of the fields of a draft that have another name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterReport:
    """The result of an import: shifts to write if no line has a mistake.

    Attributes
    ----------
    mistakes
        Lines with their mistakes; a line 0 is the file as such.
    """

    drafts: tuple[tuple[Person, date, ShiftDraft], ...] = ()
    mistakes: tuple[tuple[int, FieldMistake], ...] = ()


def roster_rows(shifts: Iterable[RosterShift]) -> Iterator[dict[str, Any]]:
    """Yield the row of each shift, as `read_roster` reads it back."""
    for shift in shifts:
        yield {
            "collector": shift.collector.email,
            "day": shift.day.isoformat(),
            "begins": f"{shift.begins:%H:%M}",
            "ends": f"{shift.ends:%H:%M}",
            "start": shift.start_site.name,
            "end": shift.end_site.name,
            "vehicle": shift.vehicle,
            "boxes": " ".join(shift.boxes),
            "draws_blood": "yes" if BLOOD in shift.skills else "no",
            "break_minutes": shift.break_minutes or "",
            "break_from": f"{shift.break_from:%H:%M}" if shift.break_from else "",
            "break_until": f"{shift.break_until:%H:%M}" if shift.break_until else "",
            "break_paid": "yes" if shift.break_paid else "no",
        }


def workbook(shifts: Iterable[RosterShift]) -> bytes:
    """Return the shifts as a spreadsheet (.xlsx)."""
    from openpyxl import Workbook  # noqa: PLC0415 - 0.2 s that few pages need

    book = Workbook(write_only=True)
    sheet = book.create_sheet("roster")
    columns = (*COLUMNS.required, *COLUMNS.optional)
    sheet.append(columns)
    for row in roster_rows(shifts):
        sheet.append([escaped(str(row[column])) for column in columns])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def read_roster(session: Session, *, now: datetime, bank_id: int, content: bytes) -> RosterReport:
    """Read the shifts of a file, and find the mistakes of every line; nothing is written."""
    file = read_rows(content, COLUMNS)
    if file.mistakes:
        return RosterReport(mistakes=tuple((0, mistake) for mistake in file.mistakes))
    reader = _Reader(session, bank_id=bank_id, today=_today(session, bank_id, now))
    days = [day for row in file.rows if (day := _or_none(parse_date, row.cells["day"]))]
    if days and max(days) - min(days) > LONGEST_FILE:
        return RosterReport(mistakes=((0, FieldMistake("day", "date_not_read")),))
    reader.load(min(days, default=reader.today), max(days, default=reader.today))
    return reader.read(file)


def write_roster(
    session: Session, *, now: datetime, bank_id: int, actor: str, report: RosterReport
) -> int:
    """Write the shifts of a report without mistakes, and return their number."""
    days = [day for _, day, _ in report.drafts]
    facts = load_roster_facts(session, bank_id=bank_id, first=min(days), last=max(days))
    for person, day, draft in report.drafts:
        write_shift(session, now=now, actor=actor, person=person, day=day, draft=draft, facts=facts)
    return len(days)


class _Reader:
    """Reads the rows of a file against the rows of a bank."""

    def __init__(self, session: Session, *, bank_id: int, today: date) -> None:
        self.session, self.bank_id, self.today = session, bank_id, today
        people = people_with_role(session, bank_id=bank_id, role=Role.COLLECTOR)
        self.people = {_key(person.name): person for person in people}
        self.people |= {person.email.lower(): person for person in people}
        self.sites = {_key(site.name): site.id for site in sites_of(session, bank_id)}
        self.facts: RosterFacts

    def load(self, first: date, last: date) -> None:
        """Load the roster of the file's days."""
        self.facts = load_roster_facts(self.session, bank_id=self.bank_id, first=first, last=last)

    def read(self, file: CsvFile) -> RosterReport:
        """Return the report of a file."""
        drafts, mistakes = [], []
        for row in file.rows:
            wrong: list[FieldMistake] = []
            found = self._row(row, wrong)
            mistakes += [(row.line, mistake) for mistake in wrong]
            if found is not None and not wrong:
                drafts.append(found)
        return RosterReport(drafts=tuple(drafts), mistakes=tuple(mistakes))

    def _row(
        self, row: CsvRow, wrong: list[FieldMistake]
    ) -> tuple[Person, date, ShiftDraft] | None:
        cells = row.cells
        person = self.people.get(cells["collector"].lower()) or self.people.get(
            _key(cells["collector"])
        )
        if person is None:
            wrong.append(FieldMistake("collector", "person_unknown", {"name": cells["collector"]}))
        day = _cell(cells, "day", parse_date, self.today, wrong)
        if day < self.today:
            wrong.append(FieldMistake("day", "roster_past"))
        draft = self._draft(cells, wrong)
        if person is None or wrong:
            return None
        wrong += [
            each._replace(field=FIELD_COLUMNS.get(each.field, each.field))
            for each in mistakes_in(self.facts, draft, person=person, day=day)
        ]
        if not wrong:
            self.facts.shifts.append(_planned(person, day, draft))
        return person, day, draft

    def _draft(self, cells: Any, wrong: list[FieldMistake]) -> ShiftDraft:  # noqa: ANN401
        def optional(name: str, parse: Callable[[str], Value], blank: Value) -> Value:
            return _cell(cells, name, parse, blank, wrong) if cells.get(name) else blank

        wrong += [
            FieldMistake(column, "site_not_found", {"name": cells[column]})
            for column in ("start", "end")
            if _key(cells[column]) not in self.sites
        ]
        no_time: time | None = None
        return ShiftDraft(
            begins=_cell(cells, "begins", parse_time, time.min, wrong),
            ends=_cell(cells, "ends", parse_time, time.max, wrong),
            start_site_id=self.sites.get(_key(cells["start"]), 0),
            end_site_id=self.sites.get(_key(cells["end"]), 0),
            vehicle=cells.get("vehicle", ""),
            boxes=tuple(cells.get("boxes", "").replace(",", " ").split()),
            skills=(BLOOD,) if optional("draws_blood", parse_yes_no, False) else (),  # noqa: FBT003
            break_minutes=optional("break_minutes", parse_whole_number, 0),
            break_from=optional("break_from", parse_time, no_time),
            break_until=optional("break_until", parse_time, no_time),
            break_paid=optional("break_paid", parse_yes_no, False),  # noqa: FBT003
        )


def absences_in(content: bytes, *, zone: ZoneInfo, first: date) -> list[tuple[datetime, datetime]]:
    """Return the instants of the events of a calendar from a day on, by their begin.

    An event without hours lasts whole days. A repeated event counts once, on its first day.

    Raises
    ------
    Refused
        `calendar_not_read`.
    """
    from icalendar import Calendar  # noqa: PLC0415 - 0.1 s that few pages need

    try:
        calendar = Calendar.from_ical(content)
        events = [
            (event.decoded("dtstart"), event.get("dtend")) for event in calendar.walk("VEVENT")
        ]
    except (KeyError, ValueError, IndexError):
        raise Refused("calendar_not_read") from None
    since = ServiceDay(first, zone).epoch
    spans = [_span(begins, ends.dt if ends else None, zone) for begins, ends in events]
    return sorted(span for span in spans if since < span[1] and span[0] < span[1])


def _span(
    begins: date | datetime, ends: date | datetime | None, zone: ZoneInfo
) -> tuple[datetime, datetime]:
    if isinstance(begins, datetime):
        first = begins if begins.tzinfo else begins.replace(tzinfo=zone)
        last = ends if isinstance(ends, datetime) else first
        last = last if last.tzinfo else last.replace(tzinfo=zone)
        return first.astimezone(UTC), last.astimezone(UTC)
    whole = ServiceDay(begins, zone)
    after = ends if ends and not isinstance(ends, datetime) else begins + timedelta(days=1)
    return whole.epoch, ServiceDay(after, zone).epoch


def _planned(person: Person, day: date, draft: ShiftDraft) -> RosterShift:
    """Return a shift that stands for a line of the file, for the lines after it."""
    return RosterShift(
        day=day,
        collector_id=person.id,
        begins=draft.begins,
        ends=draft.ends,
        vehicle=draft.vehicle,
        boxes=list(draft.boxes),
    )


def _cell(
    cells: Any,  # noqa: ANN401 - a row's mapping
    name: str,
    parse: Callable[[str], Value],
    blank: Value,
    wrong: list[FieldMistake],
) -> Value:
    try:
        return parse(cells[name])
    except Refused as refused:
        wrong.append(FieldMistake(name, refused.code, refused.figures))
        return blank


def _or_none(parse: Callable[[str], Value], text: str) -> Value | None:
    try:
        return parse(text)
    except Refused:
        return None


def _key(name: str) -> str:
    return " ".join(words_in(name))


def _today(session: Session, bank_id: int, now: datetime) -> date:
    return now.astimezone(get_bank(session, bank_id).zone).date()
