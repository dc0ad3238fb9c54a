"""Writing of heating: devices, cycles, and the import of a curve."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from collector.audit.actions import record
from collector.banks.queries import get_bank, policies_of
from collector.db import owned
from collector.errors import Conflict, Refused
from collector.laboratory.heating.judgement import (
    Colour,
    CurveCheck,
    CurveCheckKey,
    CurveSituation,
    HeatLimits,
    judge,
)
from collector.laboratory.heating.models import (
    CurveProfileName,
    Cycle,
    CycleCurve,
    CycleState,
    LabDevice,
)
from collector.laboratory.heating.profiles import CurveFile, read_curve
from collector.laboratory.holds.models import HoldSubject
from collector.laboratory.holds.standing import is_held
from collector.laboratory.pooling.models import Bottle, Lot, MilkPool, PoolState
from collector.laboratory.units.models import MoveReason
from collector.laboratory.units.stays import StoredThing, leave_storage
from collector.service_day import ServiceDay


def write_device(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    serial: str,
    name: str,
    profile: CurveProfileName,
    qualified_until: date,
    calibrated_until: date,
) -> LabDevice:
    """Add a pasteuriser, or change the one of this serial number.

    Raises
    ------
    Refused
        `serial_missing`, `name_missing`.
    """
    if not serial.strip():
        raise Refused("serial_missing")
    if not name.strip():
        raise Refused("name_missing")
    found = session.scalar(
        select(LabDevice).where(LabDevice.bank_id == bank_id, LabDevice.serial == serial.strip())
    ) or LabDevice(bank_id=bank_id, serial=serial.strip())
    session.add(found)
    found.name, found.profile = name.strip(), profile
    found.qualified_until, found.calibrated_until = qualified_until, calibrated_until
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        action="device written",
        subject=f"lab_device:{found.id}",
        qualified_until=qualified_until.isoformat(),
        calibrated_until=calibrated_until.isoformat(),
    )
    return found


def load_cycle(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    device_id: int,
    lots: Sequence[int],
) -> Cycle:
    """Load lots into a pasteuriser.

    Raises
    ------
    NotFound
        The bank has no such device or lot.
    Refused
        `cycle_without_lots`; `lot_not_to_be_heated` (`pool`): its pool is open, or it has a cycle.
    """
    device = owned(session, LabDevice, bank_id, device_id)
    if not lots:
        raise Refused("cycle_without_lots")
    cycle = Cycle(
        bank_id=bank_id,
        device_id=device.id,
        operator_id=person_id,
        state=CycleState.LOADING,
        loaded_at=now,
        began_at=None,
        ended_at=None,
    )
    session.add(cycle)
    session.flush()
    for key in lots:
        lot = owned(session, Lot, bank_id, key)
        session.refresh(lot, with_for_update=True)
        pool = session.get_one(MilkPool, lot.pool_id)
        if pool.state is not PoolState.CLOSED or lot.cycle_id is not None:
            raise Refused("lot_not_to_be_heated", pool=pool.number)
        lot.cycle_id = cycle.id
    _record(session, now, cycle, person_id, "cycle loaded", lots=list(lots))
    return cycle


def begin_cycle(
    session: Session, *, now: datetime, bank_id: int, person_id: int, cycle_id: int
) -> Cycle:
    """Start a loaded cycle; its bottles leave their places in storage.

    Raises
    ------
    NotFound
        The bank has no such cycle.
    Refused
        `cycle_state`; `device_runs` (`name`); `device_not_qualified`, `device_held` (`name`).
    """
    cycle = _cycle(session, bank_id, cycle_id, CycleState.LOADING)
    running = select(Cycle.id).where(
        Cycle.device_id == cycle.device_id, Cycle.state == CycleState.RUNNING
    )
    if session.scalar(running) is not None:
        raise Refused("device_runs", name=cycle.device.name)
    today = ServiceDay.of(now, get_bank(session, bank_id).zone).day
    if today > cycle.device.qualified_until:
        raise Refused("device_not_qualified", name=cycle.device.name)
    if is_held(session, bank_id=bank_id, subject=HoldSubject.DEVICE, subject_id=cycle.device_id):
        raise Refused("device_held", name=cycle.device.name)
    cycle.state, cycle.began_at = CycleState.RUNNING, now
    bottles = select(Bottle.id).join(Lot, Lot.id == Bottle.lot_id).where(Lot.cycle_id == cycle.id)
    leave_storage(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        things=[StoredThing(bottle_id=key) for key in session.scalars(bottles)],
        reason=MoveReason.HEATED,
    )
    _record(session, now, cycle, person_id, "cycle begun")
    return cycle


def end_cycle(
    session: Session, *, now: datetime, bank_id: int, person_id: int, cycle_id: int
) -> Cycle:
    """Stop a running cycle.

    Raises
    ------
    NotFound
        The bank has no such cycle.
    Refused
        `cycle_state`.
    """
    cycle = _cycle(session, bank_id, cycle_id, CycleState.RUNNING)
    cycle.state, cycle.ended_at = CycleState.ENDED, now
    _record(session, now, cycle, person_id, "cycle ended")
    return cycle


def abandon_cycle(
    session: Session, *, now: datetime, bank_id: int, person_id: int, cycle_id: int
) -> Cycle:
    """Unload a cycle that was not started; its lots wait for heating again.

    Raises
    ------
    NotFound
        The bank has no such cycle.
    Refused
        `cycle_state`.
    """
    cycle = _cycle(session, bank_id, cycle_id, CycleState.LOADING)
    cycle.state = CycleState.ABANDONED
    for lot in session.scalars(select(Lot).where(Lot.cycle_id == cycle.id)):
        lot.cycle_id = None
    _record(session, now, cycle, person_id, "cycle abandoned")
    return cycle


def judge_file(
    session: Session, *, bank_id: int, cycle_id: int, content: bytes
) -> tuple[CurveFile, CurveSituation]:
    """Read a curve's file and set it beside its cycle; nothing is kept.

    Raises
    ------
    NotFound
        The bank has no such cycle.
    Refused
        `cycle_state`; the file cannot be read (`read_curve`).
    """
    cycle = _cycle(session, bank_id, cycle_id, CycleState.ENDED)
    if cycle.began_at is None or cycle.ended_at is None:
        raise AssertionError("an ended cycle has its times")
    zone, device = get_bank(session, bank_id).zone, cycle.device
    curve = read_curve(content, profile=device.profile, zone=zone)
    known = select(CycleCurve.id).where(
        CycleCurve.bank_id == bank_id, CycleCurve.sha256 == _digest(content)
    )
    situation = CurveSituation(
        curve=curve,
        limits=HeatLimits.of(policies_of(session, bank_id)),
        began_at=cycle.began_at,
        ended_at=cycle.ended_at,
        day=ServiceDay.of(cycle.began_at, zone).day,
        serial=device.serial,
        qualified_until=device.qualified_until,
        calibrated_until=device.calibrated_until,
        is_new=session.scalar(known) is None,
    )
    return curve, situation


def keep_curve(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    cycle_id: int,
    content: bytes,
) -> CycleCurve:
    """Keep the curve of an ended cycle with its checks; a red one fails the cycle.

    Raises
    ------
    NotFound
        The bank has no such cycle.
    Conflict
        `curve_known`: another cycle has this file.
    Refused
        `cycle_state`; the file cannot be read.
    """
    _, situation = judge_file(session, bank_id=bank_id, cycle_id=cycle_id, content=content)
    if not situation.is_new:
        raise Conflict("curve_known")
    checks = judge(situation)
    cycle = _cycle(session, bank_id, cycle_id, CycleState.ENDED)
    failed = any(each.colour is Colour.RED for each in checks)
    cycle.state = CycleState.CURVE_FAILED if failed else CycleState.CURVE_OK
    curve = CycleCurve(
        bank_id=bank_id,
        cycle_id=cycle.id,
        sha256=_digest(content),
        file=zlib.compress(content),
        profile=cycle.device.profile,
        checks=[asdict(each) for each in checks],
        imported_by_id=person_id,
        imported_at=now,
    )
    session.add(curve)
    _record(session, now, cycle, person_id, "curve kept", sha256=curve.sha256, failed=failed)
    return curve


def stored_checks(curve: CycleCurve) -> list[CurveCheck]:
    """Return the checks of a curve as they were kept."""
    return [
        CurveCheck(
            key=CurveCheckKey(each["key"]), colour=Colour(each["colour"]), figures=each["figures"]
        )
        for each in curve.checks
    ]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _cycle(session: Session, bank_id: int, cycle_id: int, state: CycleState) -> Cycle:
    """Return a cycle in a state, locked, with its device."""
    owned(session, Cycle, bank_id, cycle_id)
    cycle = session.scalars(
        select(Cycle)
        .options(joinedload(Cycle.device, innerjoin=True))
        .where(Cycle.id == cycle_id)
        .with_for_update(of=Cycle)
        .execution_options(populate_existing=True)
    ).one()
    if cycle.state is not state:
        raise Refused("cycle_state")
    return cycle


def _record(
    session: Session,
    now: datetime,
    cycle: Cycle,
    person_id: int,
    action: str,
    **details: object,
) -> None:
    session.flush()
    record(
        session,
        now=now,
        bank_id=cycle.bank_id,
        actor=f"person:{person_id}",
        action=action,
        subject=f"cycle:{cycle.id}",
        **details,
    )
