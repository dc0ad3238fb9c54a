"""Absences that disruptions cause: written, withdrawn and restored by an acceptance."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.db import owned
from collector.errors import NotFound, Refused
from collector.planning.models import Disruption, DisruptionKind
from collector.planning.problem.build import closed
from collector.rounds.models import NOT_STARTED, DayPlan, Round
from collector.rounds.queries import day_plan
from collector.service_day import ServiceDay
from collector.shifts.actions import restore_absence, withdraw_absence, write_absence
from collector.shifts.models import Absence, AbsenceReason
from collector.shifts.queries import absence_of_disruption
from routing.problem import Problem

LONGEST_DAYS = 366


def takes_off_duty(kind: DisruptionKind, minutes: int | None) -> bool:
    """Return whether a disruption of a round takes its collector or its vehicle off duty."""
    return kind is DisruptionKind.COLLECTOR_ILL or (
        kind is DisruptionKind.VEHICLE and minutes is None
    )


def refuse_last_day(day: date, until: date | None) -> None:
    """Refuse a last day off duty before the day of the disruption, or too long after it.

    Raises
    ------
    Refused
        `absence_days` (`most`).
    """
    if until is not None and not timedelta() <= until - day < timedelta(days=LONGEST_DAYS):
        raise Refused("absence_days", most=LONGEST_DAYS)


def shifts_off(rounds: Iterable[Round], kind: DisruptionKind, disrupted: Round) -> frozenset[str]:
    """Return the shifts of a day with the collector, or the vehicle, of a disrupted round."""
    ill, shift = kind is DisruptionKind.COLLECTOR_ILL, disrupted.shift
    return _shifts_with(
        rounds,
        person_id=shift.collector_id if ill else None,
        vehicle=None if ill else shift.vehicle,
    )


def shifts_of_absence(rounds: Iterable[Round], absence: Absence) -> frozenset[str]:
    """Return the shifts of a day that a withdrawn absence takes off duty once it is restored."""
    return _shifts_with(rounds, person_id=absence.person_id, vehicle=absence.vehicle)


def _shifts_with(
    rounds: Iterable[Round], *, person_id: int | None, vehicle: str | None
) -> frozenset[str]:
    return frozenset(
        str(round_.shift_id)
        for round_ in rounds
        if round_.shift.collector_id == person_id or round_.shift.vehicle == vehicle
    )


def without_duty(problem: Problem, off: Collection[str]) -> Problem:
    """Return a problem without these shifts; their visits stay.

    A problem has a shift: if all are off duty, they stay without a visit.
    """
    left = tuple(shift for shift in problem.shifts if shift.id not in off)
    return replace(
        problem,
        shifts=left or tuple(closed(shift) for shift in problem.shifts),
        pins=tuple(pin for pin in problem.pins if pin.shift not in off),
    )


def absence_taken_back(session: Session, bank_id: int, takes_back_id: int | None) -> Absence | None:
    """Return the absence of the disruption whose answer is taken back; None without one.

    The reversal of a reversal concerns the absence of the first disruption.
    """
    if takes_back_id is None:
        return None
    found = owned(session, Disruption, bank_id, takes_back_id)
    if found.takes_back_id is not None:
        return absence_taken_back(session, bank_id, found.takes_back_id)
    return absence_of_disruption(session, found.id)


def withdraw_taken_back(
    session: Session, disruption: Disruption, *, now: datetime, actor: str
) -> bool:
    """Withdraw the absence of an answer that is taken back; return whether there was one."""
    absence = absence_taken_back(session, disruption.bank_id, disruption.takes_back_id)
    if absence is None or absence.withdrawn_at is not None:
        return False
    withdraw_absence(session, absence, now=now, actor=actor)
    return True


def write_off_duty(
    session: Session, plan: DayPlan, disruption: Disruption, *, now: datetime, actor: str
) -> None:
    """Write the absence of an accepted disruption, or restore one that was withdrawn."""
    absence = absence_taken_back(session, disruption.bank_id, disruption.takes_back_id)
    if absence is not None:
        restore_absence(session, absence, now=now, actor=actor)
    elif takes_off_duty(disruption.kind, disruption.minutes):
        _write(session, plan, disruption, now=now, actor=actor)


def _write(
    session: Session, plan: DayPlan, disruption: Disruption, *, now: datetime, actor: str
) -> None:
    round_ = next(each for each in plan.rounds if each.id == disruption.round_id)
    _write_absence(
        session,
        round_,
        day=plan.day,
        kind=disruption.kind,
        until=disruption.until,
        told_at=disruption.told_at,
        now=now,
        actor=actor,
        disruption_id=disruption.id,
    )


def write_idle_absence(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    day: date,
    round_id: int,
    kind: DisruptionKind,
    until: date | None,
    actor: str,
) -> Absence:
    """Take the collector or the vehicle of a round without a stop left off duty; no visit changes.

    Raises
    ------
    NotFound
        The day has no such round.
    Refused
        `absence_days` (`most`).
    """
    refuse_last_day(day, until)
    plan = day_plan(session, bank_id=bank_id, day=day)
    round_ = next((each for each in plan.rounds if each.id == round_id), None) if plan else None
    if round_ is None:
        raise NotFound("not_found", kind="rounds")
    return _write_absence(
        session, round_, day=day, kind=kind, until=until, told_at=now, now=now, actor=actor
    )


def _write_absence(
    session: Session,
    round_: Round,
    *,
    day: date,
    kind: DisruptionKind,
    until: date | None,
    told_at: datetime,
    now: datetime,
    actor: str,
    disruption_id: int | None = None,
) -> Absence:
    zone = get_bank(session, round_.bank_id).zone
    begins_at = told_at
    if round_.state in NOT_STARTED:
        # Without the whole shift off duty, the planner would use its hours before the report.
        begins_at = min(begins_at, ServiceDay(day, zone).instant(round_.shift.begins))
    ill = kind is DisruptionKind.COLLECTOR_ILL
    return write_absence(
        session,
        now=now,
        bank_id=round_.bank_id,
        actor=actor,
        begins_at=begins_at,
        ends_at=ServiceDay(until or day, zone).end,
        reason=AbsenceReason.ILL if ill else AbsenceReason.OUT_OF_ORDER,
        person_id=round_.shift.collector_id if ill else None,
        vehicle=None if ill else round_.shift.vehicle,
        disruption_id=disruption_id,
    )
