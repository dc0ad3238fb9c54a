"""The bench of the demonstration's laboratory: its people and the instants of their acts."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.models import Bank
from collector.demo.bank import QUALITY, RELEASER, TECHNICIAN
from collector.people.models import Person
from collector.service_day import ServiceDay

LAST_WORKING_DAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoBench:
    """A transaction of the laboratory.

    Attributes
    ----------
    day
        The demonstration's day; nothing is written on it but temperatures.
    technician, releaser, quality
        Keys of people: the technician pools and heats, the releaser verifies and signs.
    """

    session: Session
    bank_id: int
    zone: ZoneInfo
    day: date
    technician: int
    releaser: int
    quality: int

    @classmethod
    def of(cls, session: Session, bank_id: int, day: date) -> "DemoBench":
        """Return the bench of the demonstration bank."""

        def person(email: str) -> int:
            return session.scalars(select(Person.id).where(Person.email == email)).one()

        return cls(
            session=session,
            bank_id=bank_id,
            zone=session.get_one(Bank, bank_id).zone,
            day=day,
            technician=person(TECHNICIAN),
            releaser=person(RELEASER),
            quality=person(QUALITY),
        )

    def by(self, person_id: int, at: datetime) -> dict[str, Any]:
        """Return the arguments that every act has: instant, bank and person."""
        return {"now": at, "bank_id": self.bank_id, "person_id": person_id}

    def instant(self, day: date, wall: time) -> datetime:
        """Return the instant of a civil time of the bank."""
        return ServiceDay(day, self.zone).instant(wall)


def next_working_day(day: date) -> date:
    """Return the first working day after a day."""
    found = day + timedelta(days=1)
    while found.isoweekday() > LAST_WORKING_DAY:
        found += timedelta(days=1)
    return found


def dice_of(name: str) -> Random:
    """Return the generator of one part of the laboratory's story, the same in each run."""
    return Random(f"laboratory {name}")  # noqa: S311 - a story, no secret
