"""Hours on duty: the hours of a shift without the absences of its collector and its vehicle."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from collector.service_day import ServiceDay
from collector.shifts.models import Absence, RosterShift


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A shift with its hours on duty, as instants."""

    shift: RosterShift
    begins: datetime
    ends: datetime


def rostered(shift: RosterShift, zone: ZoneInfo) -> Duty:
    """Return the duty of a shift without any absence."""
    day = ServiceDay(shift.day, zone)
    begins = day.instant(shift.begins)
    return Duty(shift=shift, begins=begins, ends=max(begins, day.instant(shift.ends)))


def duty_of(shift: RosterShift, absences: Iterable[Absence], zone: ZoneInfo) -> Duty | None:
    """Return the longest part of a shift that no absence covers; None if there is none.

    One collector drives one round per shift, so a second part is not offered. A deactivated
    collector is off duty.
    """
    if not shift.collector.active:
        return None
    whole = rostered(shift, zone)
    parts = [(whole.begins, whole.ends)]
    for absence in during_shift(shift, absences, zone):
        parts = [
            (begins, ends)
            for first, last in parts
            for begins, ends in (
                (first, min(last, absence.begins_at)),
                (max(first, absence.ends_at), last),
            )
            if begins < ends
        ]
    if not parts:
        return None
    begins, ends = max(parts, key=lambda part: (part[1] - part[0], part[0]))
    return Duty(shift=shift, begins=begins, ends=ends)


def during_shift(shift: RosterShift, absences: Iterable[Absence], zone: ZoneInfo) -> list[Absence]:
    """Return the absences of a shift's collector or vehicle that hold during a part of it."""
    whole = rostered(shift, zone)
    return [
        absence
        for absence in absences
        if absence.withdrawn_at is None
        and (absence.person_id == shift.collector_id or absence.vehicle == shift.vehicle)
        and absence.begins_at < whole.ends
        and absence.ends_at > whole.begins
    ]
