"""Learned times of a bank: factors on driving and on minutes at a door, each with its spread."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from collector.roads.models import LearnedKind, LearnedTime, LearningResult
from collector.service_day import ServiceDay

SECTOR_DIGITS: Final = 3
"""A sector is the first digits of a postcode."""
SATURDAY: Final = 6
ENDS: Final = time(6), time(9, 30), time(16), time(20)
"""Ends of the night, the morning, the day and the evening of a weekday; then it is night again."""
WHOLE: Final = ""
"""Key of a value that a bank has once."""


class HourClass(StrEnum):
    """Hours with a traffic of their own."""

    NIGHT = "night"
    MORNING = "morning"
    DAY = "day"
    EVENING = "evening"
    SATURDAY = "saturday"


OF_WEEKDAYS: Final = (
    HourClass.NIGHT,
    HourClass.MORNING,
    HourClass.DAY,
    HourClass.EVENING,
    HourClass.NIGHT,
)
SHARES: Final = {HourClass.MORNING: 0.25, HourClass.DAY: 0.65, HourClass.EVENING: 0.1}
"""Shares of a weekday's driving by hour, in the rounds of the demonstration: a plan has one travel
time per leg, which is the mean over them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedValue:
    """A factor in use, and the spread of one leg or visit around it in percent."""

    factor: float = 1.0
    spread_percent: float | None = None


UNKNOWN: Final = LearnedValue()


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedTimes:
    """The learned values of a bank; one that is not learned changes nothing."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    values: Mapping[tuple[LearnedKind, str], LearnedValue] = field(default_factory=dict)

    def of(self, kind: LearnedKind, key: str = WHOLE) -> LearnedValue:
        """Return a value."""
        return self.values.get((kind, key), UNKNOWN)

    def hour(self, at: datetime) -> float:
        """Return the factor of driving that begins at an instant."""
        return self.of(LearnedKind.HOUR, hour_class(at.astimezone(self.zone))).factor

    def whole_day(self, *, saturday: bool) -> float:
        """Return the mean factor of driving on a day."""
        if saturday:
            return self.of(LearnedKind.HOUR, HourClass.SATURDAY).factor
        return sum(share * self.of(LearnedKind.HOUR, hour).factor for hour, share in SHARES.items())

    def sector(self, postcode: str) -> float:
        """Return the factor of driving to a door with a postcode."""
        return self.of(LearnedKind.SECTOR, sector_of(postcode)).factor

    def door(self, purposes: Collection[str], donor_id: int | None) -> float:
        """Return the factor on the policy's minutes at a donor's door."""
        purpose = self.of(LearnedKind.PURPOSE, purpose_key(purposes)).factor
        return purpose * (self.of(LearnedKind.DONOR, str(donor_id)).factor if donor_id else 1.0)

    def door_spread(self, purposes: Collection[str]) -> int | None:
        """Return the learned spread of a visit in percent; None if none is learned."""
        return _percent(self.of(LearnedKind.PURPOSE, purpose_key(purposes)))

    def collector(self, person_id: int) -> float:
        """Return the factor of a collector on the minutes at a door."""
        return self.of(LearnedKind.COLLECTOR, str(person_id)).factor

    def travel_spread(self, kind: LearnedKind) -> int | None:
        """Return the learned spread of legs, or of whole days; None if none is learned."""
        return _percent(self.of(kind))

    @property
    def road_factors(self) -> dict[str, float]:
        """The factors of the classes of roads."""
        return {
            key: value.factor
            for (kind, key), value in self.values.items()
            if kind is LearnedKind.ROAD
        }


NOTHING_LEARNED: Final = LearnedTimes()


def hour_class(at: datetime) -> HourClass:
    """Return the class of a civil instant."""
    if at.isoweekday() >= SATURDAY:
        return HourClass.SATURDAY
    return OF_WEEKDAYS[bisect_right(ENDS, at.time())]


def sector_of(postcode: str) -> str:
    """Return the sector of a postcode."""
    return postcode.replace(" ", "")[:SECTOR_DIGITS]


def purpose_key(purposes: Iterable[str]) -> str:
    """Return the key of a visit's purposes."""
    return "+".join(sorted(set(purposes)))


def load_learned(
    session: Session, *, bank_id: int, zone: ZoneInfo, day: date | None = None
) -> LearnedTimes:
    """Load the learned times of a bank.

    Parameters
    ----------
    day
        A service day; times learned on a later day do not count on it, so that the past stays
        lawful.
    """
    last = datetime.max.replace(tzinfo=UTC) if day is None else ServiceDay(day, zone).end
    rows = session.execute(
        select(
            LearnedTime.kind,
            LearnedTime.key,
            LearnedTime.factor,
            LearnedTime.pinned,
            LearnedTime.spread_percent,
        ).where(LearnedTime.bank_id == bank_id, LearnedTime.learned_at < last)
    )
    values = {
        (kind, key): LearnedValue(
            factor=factor if pinned is None else pinned, spread_percent=spread
        )
        for kind, key, factor, pinned, spread in rows
    }
    return LearnedTimes(zone=zone, values=values)


def learned_rows(session: Session, bank_id: int) -> Sequence[LearnedTime]:
    """Return the learned values of a bank, by kind, the largest factor first."""
    return session.scalars(
        select(LearnedTime)
        .where(LearnedTime.bank_id == bank_id)
        .order_by(LearnedTime.kind, LearnedTime.factor.desc(), LearnedTime.key)
    ).all()


def learning_result(session: Session, bank_id: int) -> LearningResult | None:
    """Return the latest learning of a bank."""
    return session.scalar(select(LearningResult).where(LearningResult.bank_id == bank_id))


def forget_learned(session: Session, *, donor_id: int) -> None:
    """Delete the learned times of a donor."""
    session.execute(delete(LearnedTime).where(LearnedTime.donor_id == donor_id))


def _percent(value: LearnedValue) -> int | None:
    return None if value.spread_percent is None else round(value.spread_percent)
