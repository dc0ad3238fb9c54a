"""One person on one day: shifts, absences, a swap, and the hours of the week as they are typed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.fleet import boxes_of, vehicle_known
from collector.banks.queries import sites_of
from collector.db import owned, reading, transaction
from collector.errors import Conflict, Refused
from collector.people.models import Person, Role
from collector.rounds.actions import drop_draft_round
from collector.service_day import ServiceDay
from collector.shifts.actions import (
    MistakenShift,
    take_off_roster,
    withdraw_absence,
    write_absence,
    write_shift,
)
from collector.shifts.contracts import SKILLS
from collector.shifts.drafts import ShiftDraft, load_roster_facts, mistakes_in, write_terms
from collector.shifts.models import OF_A_PERSON, Absence, RosterShift
from collector.shifts.queries import shifts_between
from collector.shifts.roster import Roster, WeekHours, load_roster, monday_of
from collector.shifts.week_edits import swap_shifts
from collector.web.board.page_context import author, civil_day, is_fragment, page, zone
from collector.web.board.roster.forms import (
    AbsenceForm,
    EndingForm,
    ShiftForm,
    SwapForm,
    VisitsChoice,
)
from collector.web.board.roster.visits import VisitsQuestion, question_about, write_with_visits
from collector.web.framework.forms import Form
from collector.web.framework.guards import actor, guard, now

blueprint = Blueprint("cells", __name__, url_prefix="/roster/people/<int:person_id>/<day>")
guard(blueprint, Role.COORDINATOR, Role.ADMIN, within="board")

SWAP_WITHIN = timedelta(days=7)
LONGEST_ABSENCE = timedelta(days=366)
Answer = Response | tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a person sent to a cell, to be shown again with its mistakes.

    Attributes
    ----------
    kind
        `shift`, `ending`, `absence` or `swap`.
    key
        The shift of the form; 0 for a new one.
    """

    kind: str
    form: Form
    key: int = 0
    question: VisitsQuestion | None = None


@blueprint.get("")
def home(person_id: int, day: str) -> str:
    """Show the shifts and absences of a person on a day."""
    return _cell(person_id, civil_day(day))


@blueprint.post("/shifts")
def add(person_id: int, day: str) -> Answer:
    """Put a person on duty."""
    return _write_shift(person_id, civil_day(day), 0)


@blueprint.post("/shifts/<int:shift_id>")
def change(person_id: int, day: str, shift_id: int) -> Answer:
    """Change a shift."""
    return _write_shift(person_id, civil_day(day), shift_id)


@blueprint.post("/shifts/<int:shift_id>/ending")
def end(person_id: int, day: str, shift_id: int) -> Answer:
    """Take a shift from the roster."""
    on_day, form, who = civil_day(day), EndingForm.sent(), actor()
    form.validate()

    def write(session: Session) -> None:
        known = author()
        take_off_roster(session, shift_id=shift_id, seen=form.seen.data, **known)
        drop_draft_round(session, bank_id=who.bank_id, shift_id=shift_id)

    with reading() as session:
        owned(session, RosterShift, who.bank_id, shift_id)
        question = question_about(session, [shift_id])
    typed = Typed(kind="ending", form=form, key=shift_id, question=question)
    return _settled(person_id, on_day, typed, form.visits.data, write)


@blueprint.post("/absences")
def add_absence(person_id: int, day: str) -> Answer:
    """Take a person off duty for days or for a part of one."""
    on_day, form, who = civil_day(day), AbsenceForm.sent(), actor()
    form.validate()
    begins_at, ends_at = _span(form, on_day)
    absence = Absence(
        person_id=person_id, begins_at=begins_at, ends_at=ends_at, reason=form.reason.data
    )
    with reading() as session:
        owned(session, Person, who.bank_id, person_id)
        last = ends_at.astimezone(zone()).date()
        roster = load_roster(session, bank_id=who.bank_id, first=on_day, last=last)
        touched = [
            shift.id
            for (person, _), found in roster.shifts.items()
            if person == person_id
            for shift in found
            if _overlaps(absence, shift)
        ]
        question = question_about(session, touched)

    def write(session: Session) -> None:
        _refuse_other_state(session, person_id, on_day, form.cell.data)
        write_absence(
            session,
            now=now(),
            bank_id=who.bank_id,
            actor=who.reference,
            begins_at=begins_at,
            ends_at=ends_at,
            reason=form.reason.data,
            person_id=person_id,
        )

    typed = Typed(kind="absence", form=form, question=question)
    return _settled(person_id, on_day, typed, form.visits.data, write)


@blueprint.post("/absences/<int:absence_id>/withdrawal")
def withdraw(person_id: int, day: str, absence_id: int) -> Answer:
    """Put a person back on duty, as if the absence had not been written."""
    on_day, who = civil_day(day), actor()
    with transaction() as session:
        absence = owned(session, Absence, who.bank_id, absence_id)
        if absence.withdrawn_at is None:
            withdraw_absence(session, absence, now=now(), actor=who.reference)
    flash(gettext("The absence is taken back."), "ok")
    return _back(on_day, person_id)


@blueprint.post("/swaps")
def swap(person_id: int, day: str) -> Answer:
    """Let two collectors exchange their shifts."""
    on_day, form, who = civil_day(day), SwapForm.sent(), actor()
    form.validate()
    one, other = _pair(form.mine.data), _pair(form.other.data)
    with reading() as session:
        for key, _seen in (one, other):
            owned(session, RosterShift, who.bank_id, key)
        question = question_about(session, [one[0], other[0]])

    def write(session: Session) -> None:
        known = author()
        swap_shifts(session, one=one, other=other, **known)

    typed = Typed(kind="swap", form=form, question=question)
    return _settled(person_id, on_day, typed, form.visits.data, write)


@blueprint.get("/hours")
def hours(person_id: int, day: str) -> str:
    """Show the hours of the week with a shift as it is typed, and its mistakes."""
    on_day, form = civil_day(day), ShiftForm.queried()
    form.validate()
    with reading() as session:
        person = owned(session, Person, actor().bank_id, person_id)
        roster = load_roster(session, bank_id=person.bank_id, first=on_day, last=on_day)
        facts = load_roster_facts(session, bank_id=person.bank_id, first=on_day, last=on_day)
        draft, key = form.draft(), form.shift.data
        form.add_mistakes(mistakes_in(facts, draft, person=person, day=on_day, but=key or None))
        return page(
            session,
            "board/roster/_hours.html",
            hours=_hours_with(roster, person, on_day, draft, key),
            wrong=form.wrong,
        )


def _write_shift(person_id: int, day: date, shift_id: int) -> Answer:
    form, who = ShiftForm.sent(), actor()
    with reading() as session:
        owned(session, Person, who.bank_id, person_id)
        if shift_id:
            owned(session, RosterShift, who.bank_id, shift_id)
        question = question_about(session, [shift_id] if shift_id else [], may_keep=True)
    typed = Typed(kind="shift", form=form, key=shift_id, question=question)
    if not form.validate():
        return _cell(person_id, day, replace(typed, question=None)), 422

    def write(session: Session) -> None:
        _refuse_other_state(session, person_id, day, form.cell.data)
        write_shift(
            session,
            now=now(),
            actor=who.reference,
            person=owned(session, Person, who.bank_id, person_id),
            day=day,
            draft=form.draft(),
            shift_id=shift_id or None,
            seen=form.seen.data,
        )

    return _settled(person_id, day, typed, form.visits.data, write)


def _settled(
    person_id: int,
    day: date,
    typed: Typed,
    choice: VisitsChoice,
    write: Callable[[Session], None],
) -> Answer:
    """Write a change once its visits are settled; show the cell with its mistakes otherwise."""
    question = typed.question or VisitsQuestion()
    if typed.form.wrong:
        return _cell(person_id, day, replace(typed, question=None)), 422
    if not question.answered(choice):
        return _cell(person_id, day, typed), 422
    try:
        write_with_visits(question, choice, write)
    except MistakenShift as mistaken:
        typed.form.add_mistakes(mistaken.mistakes)
        return _cell(person_id, day, typed), 422
    except Refused as refused:
        typed.form.refuse(refused)
        return _cell(person_id, day, typed), 422
    except Conflict as first:
        typed.form.refuse(first)
        return _cell(person_id, day, replace(typed, question=None)), 409
    flash(gettext("The roster is changed."), "ok")
    return _back(day, person_id)


def _refuse_other_state(session: Session, person_id: int, day: date, seen: str) -> None:
    """Refuse a change of a cell that is not as the person saw it.

    Raises
    ------
    Conflict
        `changed_meanwhile`.
    """
    roster = load_roster(session, bank_id=actor().bank_id, first=day, last=day)
    if roster.cell(person_id, day).state != seen:
        raise Conflict("changed_meanwhile")


def _cell(person_id: int, day: date, typed: Typed | None = None) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        person = owned(session, Person, bank_id, person_id)
        monday = monday_of(day)
        roster = load_roster(session, bank_id=bank_id, first=monday, last=monday)
        contract = roster.contracts.get(person_id)
        cell = roster.cell(person_id, day)
        return page(
            session,
            "board/roster/_cell.html" if is_fragment() else "board/roster/cell.html",
            person=person,
            day=day,
            cell=cell,
            hours=roster.hours(person_id, monday),
            forms_of={shift.id: ShiftForm.of(shift, seen=shift.version) for shift in cell.shifts},
            new=_new_form(session, roster, person_id, day),
            typed=typed,
            absences_of={shift.id: roster.absences_of(shift) for shift in cell.shifts},
            others=_others(session, person_id, day) if cell.shifts else [],
            sites=[site for site in sites_of(session, bank_id) if site.retired_on is None],
            vehicles=[each for each in vehicle_known(session, bank_id) if not each.retired_on],
            boxes=[each for each in boxes_of(session, bank_id) if not each.retired_on],
            skills=[each for each in SKILLS if contract and each in contract.skills],
            reasons=OF_A_PERSON,
            VisitsChoice=VisitsChoice,
        )


def _new_form(session: Session, roster: Roster, person_id: int, day: date) -> ShiftForm:
    """Return the form of a new shift: the person's last one, or an empty one at her home."""
    last = shifts_between(
        session,
        bank_id=actor().bank_id,
        first=day - timedelta(days=28),
        last=day + timedelta(days=28),
        person_id=person_id,
    )
    if last:
        return ShiftForm.of(last[-1])
    contract = roster.contracts.get(person_id)
    home = contract.home_site_id if contract else None
    form = ShiftForm(data={"start_site_id": home, "end_site_id": home})
    form.seen.process_data(0)
    return form


def _others(session: Session, person_id: int, day: date) -> list[RosterShift]:
    """Return the shifts of other collectors around a day, for a swap."""
    found = shifts_between(
        session, bank_id=actor().bank_id, first=day - SWAP_WITHIN, last=day + SWAP_WITHIN
    )
    return [shift for shift in found if shift.collector_id != person_id]


def _hours_with(
    roster: Roster, person: Person, day: date, draft: ShiftDraft, key: int
) -> WeekHours:
    """Return the hours of a week as if a draft stood on the roster in place of a shift."""
    monday = monday_of(day)
    days = (monday + timedelta(days=ahead) for ahead in range(7))
    shifts = [each for one in days for each in roster.shifts.get((person.id, one), ())]
    typed = RosterShift(day=day, collector_id=person.id, collector=person, ended_at=None)
    write_terms(typed, draft)
    return roster.hours(person.id, monday, [*(s for s in shifts if s.id != key), typed])


def _span(form: AbsenceForm, day: date) -> tuple[datetime, datetime]:
    """Return the instants of an absence: whole days, or a part of one day."""
    first, last = ServiceDay(day, zone()), ServiceDay(form.until.data or day, zone())
    begins = first.instant(form.from_time.data) if form.from_time.data else first.epoch
    ends = last.instant(form.until_time.data) if form.until_time.data else last.end
    if not begins < ends <= begins + LONGEST_ABSENCE:
        form.refuse(Refused("period_backwards"))
    return begins, max(ends, begins)


def _overlaps(absence: Absence, shift: RosterShift) -> bool:
    service_day = ServiceDay(shift.day, zone())
    begins, ends = service_day.instant(shift.begins), service_day.instant(shift.ends)
    return absence.begins_at < ends and begins < absence.ends_at


def _pair(text: str) -> tuple[int, int]:
    key, _, seen = text.partition(":")
    return (int(key), int(seen)) if key.isdigit() and seen.isdigit() else (0, 0)


def _back(day: date, person_id: int) -> Response:
    first = monday_of(day)
    anchor = f"cell-{person_id}-{day.isoformat()}"
    return redirect(url_for("board.roster.home", first=first, _anchor=anchor), code=303)
