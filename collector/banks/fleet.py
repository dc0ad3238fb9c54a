"""Vehicles and boxes of a bank: their capacity, their changes and their retirement."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.models import FleetVehicle, TransportBox
from collector.db import owned
from collector.errors import Conflict
from collector.field_parsers import FieldMistake

FleetRow = TypeVar("FleetRow", FleetVehicle, TransportBox)

MOST_BOTTLES, MOST_ML, MOST_TUBES = 2000, 500_000, 1000


class Capacity(NamedTuple):
    """Bottles, millilitres and tubes that fit."""

    bottles: int
    ml: int
    tubes: int


STARTING_CAPACITY = Capacity(bottles=160, ml=40_000, tubes=24)
"""A small van with two cool boxes; Milkround's own starting value for a shift without vehicle."""


def capacity_of(vehicle: FleetVehicle | None, boxes: Iterable[TransportBox]) -> Capacity:
    """Return the capacity of a vehicle with its boxes: their sum, and at most the vehicle's own.

    Without boxes on board the vehicle's own capacity counts, without a vehicle the boxes' sum.
    """
    whole = _own(vehicle) if vehicle else None
    on_board = [_own(box) for box in boxes]
    if not on_board:
        return whole or STARTING_CAPACITY
    total = Capacity(*map(sum, zip(*on_board, strict=True)))
    return Capacity(*map(min, whole, total)) if whole else total


def _own(thing: FleetVehicle | TransportBox) -> Capacity:
    return Capacity(thing.capacity_bottles, thing.capacity_ml, thing.capacity_tubes)


def vehicle_known(session: Session, bank_id: int) -> list[FleetVehicle]:
    """Return the vehicles of a bank, retired or not, by name."""
    return list(
        session.scalars(
            select(FleetVehicle).where(FleetVehicle.bank_id == bank_id).order_by(FleetVehicle.name)
        )
    )


def boxes_of(session: Session, bank_id: int) -> list[TransportBox]:
    """Return the boxes of a bank, retired or not, by code."""
    return list(
        session.scalars(
            select(TransportBox).where(TransportBox.bank_id == bank_id).order_by(TransportBox.code)
        )
    )


def capacity_mistakes(facts: Mapping[str, Any]) -> list[FieldMistake]:
    """Return the mistakes of a capacity: no bottle, no millilitre, or too many of one."""
    bounds = (
        ("capacity_bottles", 1, MOST_BOTTLES),
        ("capacity_ml", 1, MOST_ML),
        ("capacity_tubes", 0, MOST_TUBES),
    )
    return [
        FieldMistake(name, "number_out_of_bounds", {"least": least, "most": most})
        for name, least, most in bounds
        if not least <= facts[name] <= most
    ]


def vehicle_mistakes(
    session: Session, *, bank_id: int, facts: Mapping[str, Any], but: int | None = None
) -> list[FieldMistake]:
    """Return the mistakes of a vehicle, by the names of its columns."""
    mistakes = capacity_mistakes(facts)
    if not facts["name"]:
        mistakes.append(FieldMistake("name", "cell_missing"))
    elif any(v.name == facts["name"] and v.id != but for v in vehicle_known(session, bank_id)):
        mistakes.append(FieldMistake("name", "vehicle_twice", {"name": facts["name"]}))
    return mistakes


def box_mistakes(
    session: Session, *, bank_id: int, facts: Mapping[str, Any], but: int | None = None
) -> list[FieldMistake]:
    """Return the mistakes of a box, by the names of its columns."""
    mistakes = capacity_mistakes(facts)
    vehicles = {vehicle.id for vehicle in vehicle_known(session, bank_id)}
    if not facts["code"]:
        mistakes.append(FieldMistake("code", "cell_missing"))
    elif any(b.code == facts["code"] and b.id != but for b in boxes_of(session, bank_id)):
        mistakes.append(FieldMistake("code", "box_twice", {"code": facts["code"]}))
    if facts["vehicle_id"] is not None and facts["vehicle_id"] not in vehicles:
        mistakes.append(FieldMistake("vehicle_id", "vehicle_unknown", {"name": ""}))
    return mistakes


def write_vehicle(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    facts: Mapping[str, Any],
    vehicle_id: int | None = None,
    seen: int = 0,
) -> FleetVehicle:
    """Add a vehicle, or change one of the `seen` version.

    Raises
    ------
    Conflict
        A colleague changed it meanwhile: `changed_meanwhile`.
    """
    vehicle = _written(session, FleetVehicle, bank_id, vehicle_id, facts, seen=seen)
    _record(session, now, bank_id, actor, f"vehicle:{vehicle.id}", facts)
    return vehicle


def write_box(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    facts: Mapping[str, Any],
    box_id: int | None = None,
    seen: int = 0,
) -> TransportBox:
    """Add a box, or change one of the `seen` version.

    Raises
    ------
    Conflict
        A colleague changed it meanwhile: `changed_meanwhile`.
    """
    box = _written(session, TransportBox, bank_id, box_id, facts, seen=seen)
    _record(session, now, bank_id, actor, f"box:{box.id}", facts)
    return box


def _written(
    session: Session,
    row: type[FleetRow],
    bank_id: int,
    key: int | None,
    facts: Mapping[str, Any],
    *,
    seen: int,
) -> FleetRow:
    """Add a row of the fleet, or change the one of a key and a `seen` version."""
    if key is None:
        written = row(bank_id=bank_id, **facts)
        session.add(written)
    else:
        written = owned(session, row, bank_id, key)
        change_row(written, facts, seen=seen)
    session.flush()
    return written


def due_dates(session: Session, *, bank_id: int, until: date) -> list[tuple[str, str, date]]:
    """Return service, qualification and calibration dates up to a day: kind, name, date."""
    dues = [("service", v.name, v.service_due_on) for v in vehicle_known(session, bank_id)
            if v.retired_on is None]  # fmt: skip
    for box in boxes_of(session, bank_id):
        if box.retired_on is None:
            dues.append(("qualification", box.code, box.qualified_until))
            dues.append(("calibration", box.thermometer or box.code, box.thermometer_due_on))
    return sorted(
        ((kind, name, on) for kind, name, on in dues if on is not None and on <= until),
        key=lambda due: due[2],
    )


def change_row(row: Any, facts: Mapping[str, Any], *, seen: int) -> None:  # noqa: ANN401 - a row
    """Set the columns of a row of the `seen` version.

    Raises
    ------
    Conflict
        A colleague changed it meanwhile: `changed_meanwhile`.
    """
    if row.version != seen:
        raise Conflict("changed_meanwhile")
    for name, value in facts.items():
        setattr(row, name, value)


def _record(
    session: Session,
    now: datetime,
    bank_id: int,
    actor: str,
    subject: str,
    facts: Mapping[str, Any],
) -> None:
    details = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in facts.items()
    }
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action="fleet changed",
        subject=subject,
        **details,
    )
