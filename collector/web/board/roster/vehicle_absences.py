"""Vehicles off duty: a service or a repair, noted ahead, with the lot of the planned visits."""

from datetime import date, datetime, timedelta

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.fleet import vehicle_known
from collector.banks.models import FleetVehicle
from collector.db import owned, reading, transaction
from collector.errors import NotFound, Refused
from collector.field_parsers import parse_date
from collector.people.models import Role
from collector.service_day import ServiceDay
from collector.shifts.actions import withdraw_absence, write_absence
from collector.shifts.models import OF_A_VEHICLE, Absence, AbsenceReason
from collector.shifts.queries import absences_between, shifts_between
from collector.shifts.roster import touched_shifts
from collector.web.board.page_context import page, today, zone
from collector.web.board.roster.forms import AbsenceForm, VisitsChoice
from collector.web.board.roster.visits import VisitsQuestion, question_about, write_with_visits
from collector.web.framework.forms import ChoiceField, KeyField, ParsedField
from collector.web.framework.guards import actor, guard, now

blueprint = Blueprint("vehicle_absences", __name__, url_prefix="/roster/vehicles")
guard(blueprint, Role.COORDINATOR, Role.ADMIN, within="board")

SHOWN = timedelta(days=400)
LONGEST_ABSENCE = timedelta(days=366)


class VehicleAbsenceForm(AbsenceForm):
    """A vehicle, its first day off duty, and the terms of an absence."""

    vehicle = KeyField()
    reason = ChoiceField(AbsenceReason, blank=AbsenceReason.SERVICE)
    first_day = ParsedField[date | None](parse_date, blank=None, required="date_not_read")


@blueprint.get("")
def home() -> str:
    """Show the vehicles off duty from today on."""
    return _page(VehicleAbsenceForm(data={"first_day": today(), "until": today()}))


@blueprint.post("")
def add() -> Response | tuple[str, int]:
    """Take a vehicle off duty for days or for a part of one."""
    form, who = VehicleAbsenceForm.sent(), actor()
    form.validate()
    if form.reason.data not in OF_A_VEHICLE:
        raise NotFound("not_found")
    begins_at, ends_at = _span(form)
    with reading() as session:
        vehicle = owned(session, FleetVehicle, who.bank_id, form.vehicle.data).name
        question = _question(session, vehicle, begins_at, ends_at)
    if form.wrong:
        return _page(form), 422
    if not question.answered(form.visits.data):
        return _page(form, question), 422

    def write(session: Session) -> Absence:
        return write_absence(
            session,
            now=now(),
            bank_id=who.bank_id,
            actor=who.reference,
            begins_at=begins_at,
            ends_at=ends_at,
            reason=form.reason.data,
            vehicle=vehicle,
        )

    try:
        write_with_visits(question, form.visits.data, write)
    except Refused as refused:
        form.refuse(refused)
        return _page(form, question), 422
    flash(gettext("The vehicle is off duty."), "ok")
    return redirect(url_for("board.vehicle_absences.home"), code=303)


@blueprint.post("/<int:absence_id>/withdrawal")
def withdraw(absence_id: int) -> Response:
    """Put a vehicle back on duty, as if the absence had not been written."""
    who = actor()
    with transaction() as session:
        absence = owned(session, Absence, who.bank_id, absence_id)
        if absence.withdrawn_at is None:
            withdraw_absence(session, absence, now=now(), actor=who.reference)
    flash(gettext("The absence is taken back."), "ok")
    return redirect(url_for("board.vehicle_absences.home"), code=303)


def _question(
    session: Session, vehicle: str, begins_at: datetime, ends_at: datetime
) -> VisitsQuestion:
    """Return the question about the visits of the shifts with the vehicle."""
    absence = Absence(vehicle=vehicle, begins_at=begins_at, ends_at=ends_at)
    first, last = (each.astimezone(zone()).date() for each in (begins_at, ends_at))
    shifts = shifts_between(session, bank_id=actor().bank_id, first=first, last=last)
    with_it = [shift for shift in shifts if shift.vehicle == vehicle]
    return question_about(session, [shift.id for shift in touched_shifts(with_it, absence, zone())])


def _span(form: VehicleAbsenceForm) -> tuple[datetime, datetime]:
    """Return the instants of the absence: whole days, or a part of one day."""
    day = form.first_day.data or today()
    first, last = ServiceDay(day, zone()), ServiceDay(form.until.data or day, zone())
    begins = first.instant(form.from_time.data) if form.from_time.data else first.epoch
    ends = last.instant(form.until_time.data) if form.until_time.data else last.end
    if not begins < ends <= begins + LONGEST_ABSENCE:
        form.refuse(Refused("period_backwards"))
    return begins, max(ends, begins)


def _page(form: VehicleAbsenceForm, question: VisitsQuestion | None = None) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        ahead = absences_between(session, bank_id=bank_id, first=today(), last=today() + SHOWN)
        return page(
            session,
            "board/roster/vehicle_absences.html",
            absences=[each for each in ahead if each.vehicle],
            vehicles=[each for each in vehicle_known(session, bank_id) if not each.retired_on],
            reasons=OF_A_VEHICLE,
            typed=form.typed,
            wrong=form.wrong,
            question=question,
            VisitsChoice=VisitsChoice,
            today=today(),
        )
