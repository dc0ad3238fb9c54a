"""Putting collectors on duty."""

from datetime import date, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.models import Site
from collector.errors import Refused
from collector.people.models import Person
from collector.rounds.models import Shift

# What a small van with two cool boxes carries, and what it costs; to be set per shift later.
CAPACITY_BOTTLES, CAPACITY_ML, CAPACITY_TUBES = 160, 40_000, 24
CENTS_PER_KM, CENTS_PER_HOUR = 45, 2400


def put_on_duty(
    session: Session,
    *,
    collector: Person,
    day: date,
    weeks: int,
    begins: time,
    ends: time,
    start: Site,
    end: Site,
    vehicle: str,
    skills: list[str],
) -> list[Shift]:
    """Give a collector a shift on a day, and on the same weekday of the following weeks.

    Raises
    ------
    Refused
        `shift_backwards`; `shift_twice` (`day`): she begins one at that time already.
    """
    if ends <= begins:
        raise Refused("shift_backwards")
    days = [day + timedelta(weeks=week) for week in range(weeks)]
    taken = session.scalars(
        select(Shift.day).where(
            Shift.collector_id == collector.id, Shift.day.in_(days), Shift.begins == begins
        )
    ).first()
    if taken is not None:
        raise Refused("shift_twice", day=taken.isoformat())
    shifts = [
        Shift(
            bank_id=collector.bank_id,
            day=each,
            collector_id=collector.id,
            begins=begins,
            ends=ends,
            start_site_id=start.id,
            end_site_id=end.id,
            vehicle=vehicle,
            capacity_bottles=CAPACITY_BOTTLES,
            capacity_ml=CAPACITY_ML,
            capacity_tubes=CAPACITY_TUBES,
            skills=skills,
            fixed_cents=0,
            cents_per_km=CENTS_PER_KM,
            cents_per_hour=CENTS_PER_HOUR,
        )
        for each in days
    ]
    session.add_all(shifts)
    session.flush()
    return shifts
