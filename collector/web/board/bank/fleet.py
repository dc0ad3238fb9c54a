"""Vehicles and boxes of the bank: capacity, service and qualification dates, retirement."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.fleet import (
    STARTING_CAPACITY,
    box_mistakes,
    boxes_of,
    due_dates,
    vehicle_known,
    vehicle_mistakes,
    write_box,
    write_vehicle,
)
from collector.banks.models import FleetVehicle, TransportBox
from collector.db import owned, reading, transaction
from collector.errors import Conflict, Refused
from collector.field_parsers import parse_date, parse_volume_ml, parse_whole_number
from collector.people.models import Role
from collector.shifts.fleet_changes import (
    follow_box,
    follow_vehicle,
    leave_out_box,
    leave_out_vehicle,
)
from collector.web.board.page_context import author, page, refuse_mistaken, today
from collector.web.framework.forms import Form, ParsedField, TextField
from collector.web.framework.guards import actor, guard
from collector.web.wording import sentence

blueprint = Blueprint("fleet", __name__, url_prefix="/bank/fleet")
guard(blueprint, Role.COORDINATOR, Role.QUALITY, Role.ADMIN, within="board")

LONGEST_NAME = 40
DUE_WITHIN = timedelta(days=60)
Answer = Response | tuple[str, int]


class FleetForm(Form):
    """Base of the two forms: the version that the person saw."""

    seen = ParsedField(parse_whole_number, blank=0)

    def facts(self) -> dict[str, Any]:
        """Return the columns of the row."""
        return {name: value for name, value in self.data.items() if name != "seen"}


class VehicleForm(FleetForm):
    """A vehicle with its capacity and the date of its service."""

    name = TextField(longest=LONGEST_NAME)
    plate = TextField(longest=LONGEST_NAME)
    capacity_bottles = ParsedField(parse_whole_number, blank=0, required="number_missing")
    capacity_ml = ParsedField(parse_volume_ml, blank=0, required="number_missing")
    capacity_tubes = ParsedField(parse_whole_number, blank=0, required="number_missing")
    service_due_on = ParsedField[date | None](parse_date, blank=None)


class BoxForm(FleetForm):
    """A box with its capacity, its thermometer and their dates."""

    code = TextField(longest=LONGEST_NAME)
    vehicle_id = ParsedField[int | None](parse_whole_number, blank=None)
    capacity_bottles = ParsedField(parse_whole_number, blank=0, required="number_missing")
    capacity_ml = ParsedField(parse_volume_ml, blank=0, required="number_missing")
    capacity_tubes = ParsedField(parse_whole_number, blank=0, required="number_missing")
    qualified_until = ParsedField[date | None](parse_date, blank=None)
    thermometer = TextField(longest=LONGEST_NAME)
    thermometer_due_on = ParsedField[date | None](parse_date, blank=None)


class SeenVersionForm(Form):
    """The version of a row that the person saw."""

    seen = ParsedField(parse_whole_number, blank=0)


@blueprint.get("")
def home() -> str:
    """Show the vehicles and boxes, and the dates that come soon."""
    return _list()


@blueprint.get("/vehicles/new")
def new_vehicle() -> str:
    """Show the form of a new vehicle."""
    return _form("vehicle", VehicleForm(data=_starting(1)), None)


@blueprint.get("/boxes/new")
def new_box() -> str:
    """Show the form of a new box."""
    return _form("box", BoxForm(data=_starting(2)), None)


@blueprint.post("/vehicles")
def add_vehicle() -> Answer:
    """Add a vehicle."""
    return _write_vehicle(None)


@blueprint.post("/boxes")
def add_box() -> Answer:
    """Add a box."""
    return _write_box(None)


@blueprint.get("/vehicles/<int:vehicle_id>")
def vehicle(vehicle_id: int) -> str:
    """Show the form of a vehicle."""
    with reading() as session:
        found = owned(session, FleetVehicle, actor().bank_id, vehicle_id)
    form = VehicleForm(obj=found)
    form.seen.process_data(found.version)
    return _form("vehicle", form, vehicle_id)


@blueprint.get("/boxes/<int:box_id>")
def box(box_id: int) -> str:
    """Show the form of a box."""
    with reading() as session:
        found = owned(session, TransportBox, actor().bank_id, box_id)
    form = BoxForm(obj=found)
    form.seen.process_data(found.version)
    return _form("box", form, box_id)


@blueprint.post("/vehicles/<int:vehicle_id>")
def change_vehicle(vehicle_id: int) -> Answer:
    """Change a vehicle; shifts ahead get its name and capacity."""
    return _write_vehicle(vehicle_id)


@blueprint.post("/boxes/<int:box_id>")
def change_box(box_id: int) -> Answer:
    """Change a box; shifts ahead get its code and capacity."""
    return _write_box(box_id)


@blueprint.post("/vehicles/<int:vehicle_id>/retirement")
def retire_vehicle(vehicle_id: int) -> Answer:
    """Retire a vehicle from today on, or take its retirement back."""
    who = actor()

    def retire(session: Session, seen: int) -> list[date]:
        found = owned(session, FleetVehicle, who.bank_id, vehicle_id)
        facts = {"retired_on": today() if found.retired_on is None else None}
        known = author()
        write_vehicle(session, facts=facts, vehicle_id=vehicle_id, seen=seen, **known)
        if facts["retired_on"] is None:
            return []
        return leave_out_vehicle(session, bank_id=who.bank_id, since=today(), name=found.name)

    return _retired(retire)


@blueprint.post("/boxes/<int:box_id>/retirement")
def retire_box(box_id: int) -> Answer:
    """Retire a box from today on, or take its retirement back."""
    who = actor()

    def retire(session: Session, seen: int) -> list[date]:
        found = owned(session, TransportBox, who.bank_id, box_id)
        facts = {"retired_on": today() if found.retired_on is None else None}
        known = author()
        write_box(session, facts=facts, box_id=box_id, seen=seen, **known)
        if facts["retired_on"] is None:
            return []
        return leave_out_box(session, bank_id=who.bank_id, since=today(), code=found.code)

    return _retired(retire)


def _retired(retire: Any) -> Answer:  # noqa: ANN401 - one of the two above
    form = SeenVersionForm.sent()
    form.validate()
    try:
        with transaction() as session:
            days = retire(session, form.seen.data)
    except Conflict as first:
        return _list(sentence(first)), 409
    flash(gettext("Vehicles and boxes are changed."), "ok")
    if days:
        count = len(days)
        flash(
            ngettext("%(num)s shift ahead is without it now.",
                     "%(num)s shifts ahead are without it now.", count), "warn")  # fmt: skip
    return redirect(url_for("board.fleet.home"), code=303)


def _write_vehicle(vehicle_id: int | None) -> Answer:
    who, form = actor(), VehicleForm.sent()
    form.validate()
    facts = form.facts()

    def write(session: Session) -> None:
        form.add_mistakes(
            vehicle_mistakes(session, bank_id=who.bank_id, facts=facts, but=vehicle_id)
        )
        refuse_mistaken(form)
        was = owned(session, FleetVehicle, who.bank_id, vehicle_id).name if vehicle_id else ""
        known = author()
        seen = form.seen.data
        write_vehicle(session, facts=facts, vehicle_id=vehicle_id, seen=seen, **known)
        if was:
            follow_vehicle(
                session, bank_id=who.bank_id, since=today(), was=was, now_named=facts["name"]
            )

    return _written("vehicle", form, vehicle_id, write)


def _write_box(box_id: int | None) -> Answer:
    who, form = actor(), BoxForm.sent()
    form.validate()
    facts = form.facts()

    def write(session: Session) -> None:
        form.add_mistakes(box_mistakes(session, bank_id=who.bank_id, facts=facts, but=box_id))
        refuse_mistaken(form)
        was = owned(session, TransportBox, who.bank_id, box_id).code if box_id else ""
        known = author()
        write_box(session, facts=facts, box_id=box_id, seen=form.seen.data, **known)
        if was:
            follow_box(
                session, bank_id=who.bank_id, since=today(), was=was, now_coded=facts["code"]
            )

    return _written("box", form, box_id, write)


def _written(kind: str, form: Form, key: int | None, write: Any) -> Answer:  # noqa: ANN401
    try:
        with transaction() as session:
            write(session)
    except Refused:
        return _form(kind, form, key), 422
    except Conflict as first:
        form.refuse(first)
        return _form(kind, form, key), 409
    flash(gettext("Vehicles and boxes are changed."), "ok")
    return redirect(url_for("board.fleet.home"), code=303)


def _starting(parts: int) -> dict[str, int]:
    """Return the starting capacity of a vehicle, or of one of its boxes."""
    return {f"capacity_{name}": most // parts for name, most in STARTING_CAPACITY._asdict().items()}


def _list(wrong: str = "") -> str:
    bank_id = actor().bank_id
    with reading() as session:
        return page(
            session,
            "board/bank/fleet.html",
            vehicles=vehicle_known(session, bank_id),
            boxes=boxes_of(session, bank_id),
            dues=due_dates(session, bank_id=bank_id, until=today() + DUE_WITHIN),
            today=today(),
            wrong=wrong,
        )


def _form(kind: str, form: Form, key: int | None) -> str:
    with reading() as session:
        return page(
            session,
            "board/bank/fleet_form.html",
            kind=kind,
            key=key,
            typed=form.typed,
            wrong=form.wrong,
            vehicles=[v for v in vehicle_known(session, actor().bank_id) if not v.retired_on],
        )
