"""Hours on duty: absences of a collector or a vehicle, to the first and the last second."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from collector.people.models import Person
from collector.shifts.duty import duty_of
from collector.shifts.models import Absence, AbsenceReason, RosterShift

PARIS = ZoneInfo("Europe/Paris")
DAY = date(2026, 11, 24)
SECOND = timedelta(seconds=1)
ANA, BRUNO = 1, 2


def at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(DAY, time(hour, minute), PARIS).astimezone(UTC)


SHIFT = RosterShift(
    day=DAY,
    collector_id=ANA,
    collector=Person(active=True),
    vehicle="Van 1",
    begins=time(8),
    ends=time(17),
)


def absence(
    begins: datetime, ends: datetime, *, person: int | None = ANA, vehicle: str | None = None
) -> Absence:
    return Absence(
        person_id=person,
        vehicle=vehicle,
        begins_at=begins,
        ends_at=ends,
        reason=AbsenceReason.ILL,
        withdrawn_at=None,
    )


def hours(*absences: Absence) -> tuple[datetime, datetime] | None:
    duty = duty_of(SHIFT, absences, PARIS)
    return (duty.begins, duty.ends) if duty else None


def test_a_shift_without_an_absence_has_its_rostered_hours() -> None:
    assert hours() == (at(8), at(17))


@pytest.mark.parametrize(
    ("begins", "ends", "left"),
    [
        (at(8), at(17), None),
        (at(8) + SECOND, at(17), (at(8), at(8) + SECOND)),
        (at(8), at(17) - SECOND, (at(17) - SECOND, at(17))),
        (at(6), at(8), (at(8), at(17))),
        (at(17), at(23), (at(8), at(17))),
        (at(10), at(23), (at(8), at(10))),
        (at(6), at(10), (at(10), at(17))),
        (at(10), at(11), (at(11), at(17))),
    ],
)
def test_an_absence_leaves_the_longest_part_of_a_shift(
    begins: datetime, ends: datetime, left: tuple[datetime, datetime] | None
) -> None:
    assert hours(absence(begins, ends)) == left


def test_two_absences_add_up() -> None:
    assert hours(absence(at(8), at(12)), absence(at(12), at(17))) is None
    assert hours(absence(at(8), at(9)), absence(at(16), at(17))) == (at(9), at(16))


def test_the_absence_of_a_vehicle_counts_and_of_another_collector_does_not() -> None:
    assert hours(absence(at(8), at(17), person=None, vehicle="Van 1")) is None
    assert hours(absence(at(8), at(17), person=None, vehicle="Van 2")) == (at(8), at(17))
    assert hours(absence(at(8), at(17), person=BRUNO)) == (at(8), at(17))


def test_a_withdrawn_absence_does_not_count() -> None:
    taken_back = absence(at(8), at(17))
    taken_back.withdrawn_at = at(9)
    assert hours(taken_back) == (at(8), at(17))
