"""Import and export of the roster: CSV, .xlsx, and leave from a calendar."""

from datetime import date, timedelta
from itertools import islice

import wtforms
from flask import Blueprint, Response, flash, make_response, redirect, url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from collector.csv_rows import write_rows
from collector.db import owned, reading, transaction
from collector.errors import NotFound, Refused
from collector.people.models import Person, Role
from collector.people.queries import staff_of
from collector.people.vault import Vault
from collector.rounds.leave_calendars import (
    LONGEST_URL,
    calendars_of,
    follow_calendar,
    has_visits,
    unfollow_calendar,
)
from collector.shifts.actions import write_absence
from collector.shifts.files import (
    COLUMNS,
    absences_in,
    read_roster,
    roster_rows,
    workbook,
    write_roster,
)
from collector.shifts.models import Absence, AbsenceReason
from collector.shifts.queries import absences_between, shifts_between
from collector.shifts.roster import monday_of
from collector.web.board.page_context import author, civil_day, page, today, zone
from collector.web.board.roster.page import WEEKS, collectors
from collector.web.formats import short_day
from collector.web.framework.forms import Form, KeyField, ParsedField, TextField
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, guard, now, settings
from collector.web.roster_wording import CALENDAR_FAULTS
from collector.web.shift_events import roster_calendar
from collector.web.wording import sentence

blueprint = Blueprint("roster_files", __name__, url_prefix="/roster/files")
guard(blueprint, Role.COORDINATOR, Role.ADMIN, within="board")

MOST_MISTAKES = 50
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ics": "text/calendar; charset=utf-8",
}


class RosterFileForm(Form):
    """A file with shifts."""

    file = wtforms.FileField()


class FollowForm(Form):
    """The address of a collector's calendar."""

    person = KeyField()
    url = TextField(longest=LONGEST_URL + 1)


class LeaveFileForm(Form):
    """A calendar with the leave of a collector."""

    collector = KeyField()
    file = wtforms.FileField()


class SpanForm(Form):
    """The first day of an export."""

    first = ParsedField[date | None](civil_day, blank=None)


@blueprint.get("")
def home() -> str:
    """Show the files to export, and the forms of an import."""
    return _page()


@blueprint.get("/roster.<kind>")
@grave
def export(kind: str) -> Response:
    """Return four weeks of the roster as a file."""
    if kind not in TYPES:
        raise NotFound("http_404")
    first = monday_of(SpanForm.queried().first.data or today())
    last = first + timedelta(days=7 * WEEKS - 1)
    with reading() as session:
        found = shifts_between(session, bank_id=actor().bank_id, first=first, last=last)
        if kind == "csv":
            content = write_rows((*COLUMNS.required, *COLUMNS.optional), roster_rows(found))
        elif kind == "xlsx":
            content = workbook(found)
        else:
            content = roster_calendar(session, actor().bank_id, first=first, last=last)
    answer = make_response(content)
    answer.headers["Content-Type"] = TYPES[kind]
    answer.headers["Content-Disposition"] = f'attachment; filename="roster-{first}.{kind}"'
    return answer


@blueprint.post("/shifts")
def bring_in() -> AnyResponse | tuple[str, int]:
    """Import the shifts of a file: all of them, or none if a line has a mistake."""
    sent, who = RosterFileForm.sent().file.data, actor()
    if not sent or not sent.filename:
        return _page(wrong=gettext("Choose a file first.")), 422
    content = sent.read()
    with transaction() as session:
        report = read_roster(session, now=now(), bank_id=who.bank_id, content=content)
        mistakes = [
            (line, mistake.field, sentence(Refused(mistake.code, **mistake.figures)))
            for line, mistake in report.mistakes
        ]
        written = (
            0
            if mistakes
            else write_roster(
                session, now=now(), bank_id=who.bank_id, actor=who.reference, report=report
            )
        )
    if mistakes:
        return _page(mistakes=mistakes), 422
    flash(ngettext("%(num)s shift is imported.", "%(num)s shifts are imported.", written), "ok")
    return redirect(url_for("board.roster.home", first=report.drafts[0][1]), code=303)


@blueprint.post("/leave")
def bring_in_leave() -> AnyResponse | tuple[str, int]:
    """Note the events of a calendar as leave of a collector, except days with planned visits."""
    form, who = LeaveFileForm.sent(), actor()
    sent = form.file.data
    if not form.validate() or not sent or not sent.filename:
        return _page(wrong=gettext("Choose a file first.")), 422
    try:
        spans = absences_in(sent.read(), zone=zone(), first=today())
    except Refused as refused:
        return _page(wrong=sentence(refused)), 422
    with transaction() as session:
        person = owned(session, Person, who.bank_id, form.collector.data)
        found = [
            Absence(person_id=person.id, begins_at=b, ends_at=e, reason=AbsenceReason.LEAVE)
            for b, e in spans
        ]
        fresh = [each for each in found if not _known(session, each)]
        busy = [each for each in fresh if has_visits(session, each, bank_id=who.bank_id)]
        for each in fresh:
            if each not in busy:
                write_absence(
                    session,
                    now=now(),
                    bank_id=who.bank_id,
                    actor=who.reference,
                    begins_at=each.begins_at,
                    ends_at=each.ends_at,
                    reason=AbsenceReason.LEAVE,
                    person_id=person.id,
                )
    count = len(fresh) - len(busy)
    flash(ngettext("%(num)s leave is noted.", "%(num)s leaves are noted.", count), "ok")
    for each in islice(busy, MOST_MISTAKES):
        day = short_day(each.begins_at.astimezone(zone()).date())
        flash(gettext("Visits are planned from %(day)s: note it on the roster.", day=day), "warn")
    return redirect(url_for("board.roster.home"), code=303)


@blueprint.post("/calendars")
def follow() -> AnyResponse | tuple[str, int]:
    """Follow the calendar of a collector at an address."""
    form = FollowForm.sent()
    form.validate()
    try:
        with transaction() as session:
            follow_calendar(
                session,
                **author(),
                person_id=form.person.data,
                url=form.url.data,
                vault=Vault(settings().secret_key),
            )
    except Refused as refused:
        return _page(followed=form, wrong_url=sentence(refused)), 422
    flash(
        gettext("The calendar is followed: it is read within a minute, then every 3 hours."), "ok"
    )
    return redirect(url_for("board.roster_files.home"), code=303)


@blueprint.post("/calendars/<int:calendar_id>/end")
def unfollow(calendar_id: int) -> AnyResponse:
    """Follow a calendar no longer."""
    with transaction() as session:
        unfollow_calendar(session, **author(), calendar_id=calendar_id)
    flash(gettext("The calendar is no longer followed. Its leave stays."), "ok")
    return redirect(url_for("board.roster_files.home"), code=303)


def _known(session: Session, wanted: Absence) -> bool:
    """Return whether the same absence is noted already."""
    first, last = (each.astimezone(zone()).date() for each in (wanted.begins_at, wanted.ends_at))
    known = absences_between(session, bank_id=actor().bank_id, first=first, last=last)
    return any(
        each.person_id == wanted.person_id
        and each.begins_at <= wanted.begins_at
        and wanted.ends_at <= each.ends_at
        for each in known
    )


def _page(
    *,
    mistakes: list[tuple[int, str, str]] | None = None,
    wrong: str = "",
    followed: FollowForm | None = None,
    wrong_url: str = "",
) -> str:
    with reading() as session:
        return page(
            session,
            "board/roster/files.html",
            people=collectors(session),
            columns=(*COLUMNS.required, *COLUMNS.optional),
            mistakes=(mistakes or [])[:MOST_MISTAKES],
            more=max(0, len(mistakes or []) - MOST_MISTAKES),
            wrong=wrong,
            calendars=calendars_of(session, actor().bank_id),
            names={each.id: each.name for each in staff_of(session, actor().bank_id)},
            faults=CALENDAR_FAULTS,
            followed=followed.typed if followed else {},
            wrong_url=wrong_url,
            first=monday_of(today()),
        )
