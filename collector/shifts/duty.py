"""Hours on duty: the hours of a shift without the absences of its collector and its vehicle."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from collector.banks.models import Site
from collector.service_day import ServiceDay
from collector.shifts.models import Absence, AbsenceReason, RosterShift


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
    if not parts or not shift.collector.active:
        return None
    begins, ends = max(parts, key=lambda part: (part[1] - part[0], part[0]))
    return Duty(shift=shift, begins=begins, ends=ends)


def during_shift(shift: RosterShift, absences: Iterable[Absence], zone: ZoneInfo) -> list[Absence]:
    """Return the absences of a shift's collector, vehicle or bank that hold during a part of it.

    A shift that was taken from the roster is absent as a whole.
    """
    whole = rostered(shift, zone)
    found = [
        absence
        for absence in absences
        if absence.withdrawn_at is None
        and (
            absence.of_all
            or absence.person_id == shift.collector_id
            or absence.vehicle == shift.vehicle
        )
        and absence.begins_at < whole.ends
        and absence.ends_at > whole.begins
    ]
    if shift.ended_at is not None:
        found.append(
            Absence(
                person_id=shift.collector_id,
                begins_at=whole.begins,
                ends_at=whole.ends,
                reason=AbsenceReason.TAKEN_OFF,
            )
        )
    return found


def within_site_hours(duty: Duty, zone: ZoneInfo) -> Duty | None:
    """Return a duty within the opening hours of its first and its last site; None if closed.

    A round leaves the first site once it is open and is back at the last one before it closes.

    Parameters
    ----------
    duty
        Its shift has both sites loaded.
    """
    shift, day = duty.shift, ServiceDay(duty.shift.day, zone)
    start, end = shift.start_site, shift.end_site
    if not (_is_open(start, shift.day) and _is_open(end, shift.day)):
        return None
    begins, ends = duty.begins, duty.ends
    if start.opens is not None:
        begins = max(begins, day.instant(start.opens))
    if end.closes is not None:
        ends = min(ends, day.instant(end.closes))
    return replace(duty, begins=begins, ends=ends) if begins < ends else None


def is_open_throughout(site: Site, duty: Duty, zone: ZoneInfo) -> bool:
    """Return whether a site is open from the begin of a duty to its end."""
    day = ServiceDay(duty.shift.day, zone)
    return (
        _is_open(site, duty.shift.day)
        and (site.opens is None or day.instant(site.opens) <= duty.begins)
        and (site.closes is None or day.instant(site.closes) >= duty.ends)
    )


class SiteGapKind(StrEnum):
    """The way in which the hours of a shift lie outside those of one of its sites."""

    CLOSED_DAY = "closed_day"
    OPENS_LATER = "opens_later"
    CLOSES_EARLIER = "closes_earlier"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteGap:
    """A site that is closed during a part of a shift; `at` is the hour from or until which."""

    kind: SiteGapKind
    site: Site
    at: time | None = None


def site_gaps(shift: RosterShift) -> list[SiteGap]:
    """Return the gaps between a shift's hours and those of its sites, which are loaded."""
    start, end = shift.start_site, shift.end_site
    both = {site.id: site for site in (start, end)}.values()
    found = [
        SiteGap(kind=SiteGapKind.CLOSED_DAY, site=site)
        for site in both
        if not _is_open(site, shift.day)
    ]
    if start.opens is not None and shift.begins < start.opens:
        found.append(SiteGap(kind=SiteGapKind.OPENS_LATER, site=start, at=start.opens))
    if end.closes is not None and shift.ends > end.closes:
        found.append(SiteGap(kind=SiteGapKind.CLOSES_EARLIER, site=end, at=end.closes))
    return found


def _is_open(site: Site, day: date) -> bool:
    return not site.weekdays or str(day.isoweekday()) in site.weekdays


def break_of(duty: Duty, zone: ZoneInfo) -> tuple[datetime, datetime, timedelta] | None:
    """Return the earliest and the latest begin of a duty's break, and its length; None without."""
    shift = duty.shift
    if not shift.break_minutes or shift.break_from is None or shift.break_until is None:
        return None
    day, long = ServiceDay(shift.day, zone), timedelta(minutes=shift.break_minutes)
    earliest = day.instant(shift.break_from)
    return earliest, max(earliest, day.instant(shift.break_until) - long), long


def paid_time(duty: Duty) -> timedelta:
    """Return the paid time of a duty: its hours without an unpaid break that lies in them.

    Hours are elapsed ones, so that a night of a clock change has its true length.
    """
    shift, whole = duty.shift, duty.ends - duty.begins
    unpaid = timedelta(minutes=0 if shift.break_paid else shift.break_minutes)
    return whole - unpaid if whole > 2 * unpaid else whole
