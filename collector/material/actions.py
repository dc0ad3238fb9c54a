"""Movements of stock, and loans of devices."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.models import FleetVehicle, Site
from collector.banks.queries import get_bank
from collector.db import owned
from collector.donors.queries import get_donor
from collector.errors import Conflict, Refused
from collector.field_parsers import FieldMistake
from collector.material.models import (
    Loan,
    LoanDevice,
    MaterialItem,
    MaterialMovement,
    MovementKind,
)
from collector.material.queries import StockPlace, get_loan, open_loan_of, stock_of

MOST_PIECES = 100_000
MOST_LOAN_DAYS = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementDraft:
    """A movement before it is booked; the ends depend on its kind (`ENDS`)."""

    item: MaterialItem
    kind: MovementKind
    quantity: int
    origin: StockPlace | None = None
    target: StockPlace | None = None
    donor_id: int | None = None
    note: str = ""


ENDS: Mapping[MovementKind, frozenset[str]] = {
    MovementKind.RECEIVED: frozenset({"target"}),
    MovementKind.MOVED: frozenset({"origin", "target"}),
    MovementKind.TO_DONOR: frozenset({"origin", "donor_id"}),
    MovementKind.FROM_DONOR: frozenset({"target", "donor_id"}),
    MovementKind.LOST: frozenset({"origin"}),
    MovementKind.FOUND: frozenset({"target"}),
}
"""The ends that each kind of movement needs; the others are left out."""


def movement_mistakes(draft: MovementDraft) -> list[FieldMistake]:
    """Return the mistakes of a movement, by field."""
    mistakes = []
    if not 1 <= draft.quantity <= MOST_PIECES:
        figures: dict[str, object] = {"least": 1, "most": MOST_PIECES}
        mistakes.append(FieldMistake("quantity", "number_out_of_bounds", figures))
    missing = [end for end in sorted(ENDS[draft.kind]) if getattr(draft, end) is None]
    mistakes += [FieldMistake(end, f"material_{end}_missing") for end in missing]
    if draft.kind is MovementKind.MOVED and draft.origin and draft.origin == draft.target:
        mistakes.append(FieldMistake("target", "material_same_place"))
    return mistakes


def book_movement(
    session: Session, *, now: datetime, bank_id: int, actor: str, draft: MovementDraft
) -> MaterialMovement:
    """Book a movement without mistakes.

    Raises
    ------
    NotFound
        A place or the donor is not of this bank.
    Refused
        `material_short` (`left`): the place has fewer pieces.
    """
    ends = ENDS[draft.kind]
    origin = _known(session, bank_id, draft.origin) if "origin" in ends else None
    target = _known(session, bank_id, draft.target) if "target" in ends else None
    if "donor_id" in ends and draft.donor_id is not None:
        get_donor(session, bank_id, draft.donor_id)
    if origin is not None:
        left = stock_of(session, bank_id).get((origin, draft.item), 0)
        if left < draft.quantity:
            raise Refused("material_short", left=left)
    row = MaterialMovement(
        bank_id=bank_id,
        item=draft.item,
        kind=draft.kind,
        quantity=draft.quantity,
        from_site_id=origin.site_id if origin else None,
        from_vehicle_id=origin.vehicle_id if origin else None,
        to_site_id=target.site_id if target else None,
        to_vehicle_id=target.vehicle_id if target else None,
        donor_id=draft.donor_id if "donor_id" in ends else None,
        note="" if "donor_id" in ends else draft.note,
        made_by=actor,
        made_at=now,
    )
    session.add(row)
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action="material moved",
        subject=f"donor:{row.donor_id}" if row.donor_id else f"material:{row.item.value}",
        item=row.item.value,
        kind=row.kind.value,
        quantity=row.quantity,
    )
    return row


def count_stock(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    place: StockPlace,
    item: MaterialItem,
    counted: int,
) -> MaterialMovement | None:
    """Set the stock of a place to a count; the difference is booked as lost or found.

    Raises
    ------
    Refused
        `number_out_of_bounds` (`least`, `most`).
    """
    if not 0 <= counted <= MOST_PIECES:
        raise Refused("number_out_of_bounds", least=0, most=MOST_PIECES)
    difference = counted - stock_of(session, bank_id).get((place, item), 0)
    if difference == 0:
        return None
    found = difference > 0
    draft = MovementDraft(
        item=item,
        kind=MovementKind.FOUND if found else MovementKind.LOST,
        quantity=abs(difference),
        origin=None if found else place,
        target=place if found else None,
    )
    return book_movement(session, now=now, bank_id=bank_id, actor=actor, draft=draft)


def add_device(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    serial: str,
    name: str,
    site_id: int,
) -> LoanDevice:
    """Add a device with its serial number.

    Raises
    ------
    NotFound
        The site is not of this bank.
    Refused
        `serial_missing`, `serial_known` (`serial`).
    """
    owned(session, Site, bank_id, site_id)
    if not serial:
        raise Refused("serial_missing")
    known = select(LoanDevice.id).where(LoanDevice.bank_id == bank_id, LoanDevice.serial == serial)
    if session.scalar(known) is not None:
        raise Refused("serial_known", serial=serial)
    device = LoanDevice(bank_id=bank_id, serial=serial, name=name, site_id=site_id, retired_on=None)
    session.add(device)
    session.flush()
    _record_device(session, device, now=now, actor=actor, action="loan device added")
    return device


def retire_device(
    session: Session, *, now: datetime, bank_id: int, actor: str, device_id: int
) -> LoanDevice:
    """Retire a device, or take its retirement back.

    Raises
    ------
    Conflict
        `device_on_loan`: a donor has it.
    """
    device = owned(session, LoanDevice, bank_id, device_id)
    if open_loan_of(session, bank_id=bank_id, device_id=device_id) is not None:
        raise Conflict("device_on_loan")
    device.retired_on = None if device.retired_on else _today(session, bank_id, now)
    session.flush()
    action = "loan device retired" if device.retired_on else "loan device taken back"
    _record_device(session, device, now=now, actor=actor, action=action)
    return device


def lend(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    device_id: int,
    donor_id: int,
    due_on: date,
) -> Loan:
    """Lend a device to a donor until a day.

    Raises
    ------
    NotFound
        The device or the donor is not of this bank.
    Refused
        `device_retired`; `loan_due_past`, `loan_due_too_far` (`days`).
    Conflict
        `device_on_loan`.
    """
    device = owned(session, LoanDevice, bank_id, device_id)
    get_donor(session, bank_id, donor_id)
    if device.retired_on is not None:
        raise Refused("device_retired")
    if open_loan_of(session, bank_id=bank_id, device_id=device_id) is not None:
        raise Conflict("device_on_loan")
    today = _today(session, bank_id, now)
    _refuse_due(due_on, today)
    loan = Loan(
        bank_id=bank_id,
        device_id=device_id,
        donor_id=donor_id,
        out_on=today,
        due_on=due_on,
        made_by=actor,
    )
    session.add(loan)
    device.version += 1  # two people who lend the same device at once: the second meets a conflict
    session.flush()
    _record_loan(session, loan, now=now, actor=actor, action="device lent")
    return loan


def extend_loan(
    session: Session, *, now: datetime, bank_id: int, actor: str, loan_id: int, due_on: date
) -> Loan:
    """Set another day of return.

    Raises
    ------
    Refused
        `loan_due_past`, `loan_due_too_far` (`days`).
    Conflict
        `loan_over`.
    """
    loan = _open(session, bank_id, loan_id)
    _refuse_due(due_on, _today(session, bank_id, now))
    loan.due_on = due_on
    session.flush()
    _record_loan(session, loan, now=now, actor=actor, action="loan extended")
    return loan


def end_loan(
    session: Session, *, now: datetime, bank_id: int, actor: str, loan_id: int, lost: bool
) -> Loan:
    """Record that a device is back, or lost.

    Raises
    ------
    Conflict
        `loan_over`.
    """
    loan = _open(session, bank_id, loan_id)
    today = _today(session, bank_id, now)
    if lost:
        loan.lost_on = loan.device.retired_on = today
    else:
        loan.returned_on = today
    session.flush()
    action = "device lost" if lost else "device returned"
    _record_loan(session, loan, now=now, actor=actor, action=action)
    return loan


def _open(session: Session, bank_id: int, loan_id: int) -> Loan:
    loan = get_loan(session, bank_id, loan_id)
    if not loan.is_open:
        raise Conflict("loan_over")
    return loan


def _refuse_due(due_on: date, today: date) -> None:
    if due_on < today:
        raise Refused("loan_due_past")
    if due_on > today + timedelta(days=MOST_LOAN_DAYS):
        raise Refused("loan_due_too_far", days=MOST_LOAN_DAYS)


def _known(session: Session, bank_id: int, place: StockPlace | None) -> StockPlace | None:
    """Return a place after a look whether it belongs to the bank."""
    if place is not None and place.site_id is not None:
        owned(session, Site, bank_id, place.site_id)
    if place is not None and place.vehicle_id is not None:
        owned(session, FleetVehicle, bank_id, place.vehicle_id)
    return place


def _today(session: Session, bank_id: int, now: datetime) -> date:
    return now.astimezone(get_bank(session, bank_id).zone).date()


def _record_device(
    session: Session, device: LoanDevice, *, now: datetime, actor: str, action: str
) -> None:
    record(
        session,
        now=now,
        bank_id=device.bank_id,
        actor=actor,
        action=action,
        subject=f"loan_device:{device.id}",
    )


def _record_loan(session: Session, loan: Loan, *, now: datetime, actor: str, action: str) -> None:
    record(
        session,
        now=now,
        bank_id=loan.bank_id,
        actor=actor,
        action=action,
        subject=f"donor:{loan.donor_id}",
        device=loan.device_id,
        day=loan.due_on.isoformat(),
    )
