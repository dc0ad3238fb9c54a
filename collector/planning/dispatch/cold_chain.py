"""What is in the boxes of a round on the road, and when each must be in the cold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.policies import Policies, PolicyKey
from collector.custody.models import Container, ContainerKind, ContainerState
from collector.planning.dispatch.eta import RoundEta, StopEta
from collector.planning.problem.ride_limits import hand_over
from collector.rounds.events.schema import CollectedEvent

A_MINUTE = timedelta(minutes=1)
"""What a forecast is about: nobody is told that milk is late by seconds that are guessed."""
CLOSE = timedelta(minutes=15)
"""Less than this on a clock, and one delay lets it run out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxClock:
    """One box, or what was put into none.

    Attributes
    ----------
    box
        Its code; empty where none was said.
    until
        When the first thing in it must have reached a freezer or the laboratory.
    received_at
        When it will, as far as one can tell: the hand-over after the arrival included.
    """

    box: str
    bottles: int
    tubes: int
    until: datetime
    received_at: datetime

    @property
    def spare(self) -> timedelta:
        """How much is left when it is received; negative where that will be too late."""
        return self.until - self.received_at

    @property
    def tone(self) -> str:
        """How worrying that is."""
        if self.spare <= -A_MINUTE:
            return "late"
        return "close" if self.spare < CLOSE else ""


def aboard(session: Session, *, bank_id: int, pickups: Iterable[int]) -> dict[int, list[Container]]:
    """Return what is in boxes now, by visit."""
    rows = session.scalars(
        select(Container)
        .where(
            Container.bank_id == bank_id,
            Container.pickup_id.in_(list(pickups)),
            Container.state == ContainerState.IN_TRANSIT,
        )
        .order_by(Container.number)
    )
    found: dict[int, list[Container]] = {}
    for row in rows:
        found.setdefault(row.pickup_id, []).append(row)
    return found


def clocks(
    course: RoundEta, carried: Mapping[int, list[Container]], policies: Policies
) -> tuple[BoxClock, ...]:
    """Return the boxes of a round, the tightest clock first."""
    boxes: dict[str, list[tuple[Container, datetime]]] = {}
    for door in course.doors:
        for container in carried.get(door.pickup_id, ()):
            until = _until(door, container, policies)
            boxes.setdefault(container.box, []).append((container, until))
    found = [
        BoxClock(
            box=box,
            bottles=sum(each.kind is ContainerKind.BOTTLE for each, _ in inside),
            tubes=sum(each.kind is ContainerKind.TUBE for each, _ in inside),
            until=min(until for _, until in inside),
            received_at=course.returns_at + timedelta(seconds=hand_over(policies)),
        )
        for box, inside in boxes.items()
    ]
    return tuple(sorted(found, key=lambda clock: clock.until))


def _until(door: StopEta, container: Container, policies: Policies) -> datetime:
    decided = door.state.decided_by
    if container.kind is ContainerKind.BOTTLE or not isinstance(decided, CollectedEvent):
        return door.ends_at + timedelta(minutes=policies[PolicyKey.MILK_RIDE_MINUTES])
    known = decided.payload.tube_numbers(door.pickup_id).get(container.number)
    drawn = known.drawn_at if known else door.ends_at
    return drawn + timedelta(minutes=policies[PolicyKey.TUBE_RIDE_MINUTES])
