"""Clocks of the boxes on the road: content, latest and expected reception."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.policies import Policies, PolicyKey
from collector.custody.models import Container, ContainerKind, ContainerState
from collector.planning.dispatch.eta import RoundEta, StopEta
from collector.planning.problem.ride_limits import hand_over_seconds
from collector.rounds.events.schema import CollectedEvent

A_MINUTE = timedelta(minutes=1)
"""Precision of a forecast: a delay of guessed seconds is not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxClock:
    """One box, or the containers in none.

    Attributes
    ----------
    box
        Its code; empty if none was entered.
    until
        The latest instant for the reception of its first container at a freezer or the laboratory.
    received_at
        The expected reception: the hand-over after the arrival included.
    """

    box: str
    bottles: int
    tubes: int
    until: datetime
    received_at: datetime

    @property
    def spare(self) -> timedelta:
        """The time left at the reception; negative if it will be too late."""
        return self.until - self.received_at

    @property
    def is_late(self) -> bool:
        """Whether it is expected at the freezer after its limit."""
        return self.spare <= -A_MINUTE


def containers_aboard(
    session: Session, *, bank_id: int, pickups: Iterable[int]
) -> dict[int, list[Container]]:
    """Return the containers in transit, by visit."""
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


def box_clocks(
    eta: RoundEta, carried: Mapping[int, list[Container]], policies: Policies
) -> tuple[BoxClock, ...]:
    """Return the boxes of a round, the tightest clock first."""
    boxes: dict[str, list[tuple[Container, datetime]]] = {}
    for door in eta.doors:
        for container in carried.get(door.pickup_id, ()):
            until = _until(door, container, policies)
            boxes.setdefault(container.box, []).append((container, until))
    on_the_way = (each.arrives_at for each in eta.emptyings if not each.is_done)
    arrives = next(on_the_way, eta.returns_at)
    found = [
        BoxClock(
            box=box,
            bottles=sum(each.kind is ContainerKind.BOTTLE for each, _ in inside),
            tubes=sum(each.kind is ContainerKind.TUBE for each, _ in inside),
            until=min(until for _, until in inside),
            received_at=arrives + timedelta(seconds=hand_over_seconds(policies)),
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
