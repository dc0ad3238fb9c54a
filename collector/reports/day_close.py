"""Close of a day: declared, collected and received containers, and their differences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.policies import Policies, PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.custody.models import (
    Container,
    ContainerKind,
    ContainerState,
    CustodyEntry,
    DoorRecord,
    Excursion,
)
from collector.custody.queries import records_at
from collector.people.models import Device
from collector.pickups.models import OF_MILK, Pickup, PickupState
from collector.rounds.events.monitoring import (
    Disagreement,
    RoundOnTheRoad,
    disagreements,
    on_the_road,
)
from collector.rounds.models import Incident, Round, RoundState, RoundStop
from collector.rounds.queries import OF_A_PICKUP
from collector.service_day import ServiceDay


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitClosed:
    """One visit: the donor's declaration, the pick-up record and the reception."""

    pickup: Pickup
    record: DoorRecord | None
    declared: int
    collected: int
    received: int
    refused: int

    @property
    def missing(self) -> int:
        """The collected containers without reception."""
        return self.collected - self.received

    @property
    def failed(self) -> bool:
        """Whether the visit did not take place."""
        return self.pickup.state is PickupState.FAILED

    @property
    def over(self) -> bool:
        """Whether a phone reported its end."""
        return self.record is not None or self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundClosed:
    """One round at its end."""

    told: RoundOnTheRoad
    visits: tuple[VisitClosed, ...]

    @property
    def round(self) -> Round:
        """The row of the round."""
        return self.told.round

    def sum(self, name: str) -> int:
        """Return the sum of a figure over the visits."""
        return sum(int(getattr(visit, name)) for visit in self.visits)

    @property
    def litres_ml(self) -> int:
        """The collected containers."""
        return sum(visit.record.volume_ml for visit in self.visits if visit.record)

    @property
    def unloaded(self) -> bool:
        """Whether every container aboard was handed over."""
        return self.round.state is RoundState.UNLOADED

    @property
    def unsent(self) -> tuple[Device, ...]:
        """The phones with unsent records."""
        return tuple(device for device in self.told.devices if device.unsent)

    @property
    def open_incidents(self) -> tuple[Incident, ...]:
        """The incidents without an answer."""
        return tuple(each for each, _ in self.told.incidents if each.decision is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """A container with a ride time above its limit."""

    container: Container
    rode: timedelta
    limit: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A day at its end."""

    day: date
    rounds: tuple[RoundClosed, ...]
    excursions: tuple[Excursion, ...]
    overdue: tuple[Overdue, ...]
    differing: tuple[Disagreement, ...]

    def sum(self, name: str) -> int:
        """Return the sum of a figure over all rounds."""
        return sum(each.sum(name) for each in self.rounds)

    @property
    def litres_ml(self) -> int:
        """The collected containers."""
        return sum(each.litres_ml for each in self.rounds)

    @property
    def visits(self) -> list[VisitClosed]:
        """Every visit of the day."""
        return [visit for each in self.rounds for visit in each.visits]

    @property
    def settled(self) -> bool:
        """Whether no item is open, so that the sheet may be signed."""
        return not (
            any(not visit.over or visit.missing for visit in self.visits)
            or any(each.unsent or each.open_incidents or not each.unloaded for each in self.rounds)
            or any(excursion.decision is None for excursion in self.excursions)
            or self.overdue
            or self.differing
        )


def closing(session: Session, *, bank_id: int, day: date) -> Closing:
    """Reconcile a day."""
    told = on_the_road(session, bank_id=bank_id, day=day)
    stops = _stops(session, [each.round.id for each in told])
    keys = [stop.pickup_id for theirs in stops.values() for stop in theirs]
    records = records_at(session, bank_id=bank_id, pickups=keys)
    containers = _containers(session, bank_id, keys)
    rounds = tuple(
        RoundClosed(
            told=each,
            visits=tuple(
                _visit(stop.pickup, records.get(stop.pickup_id), containers.get(stop.pickup_id, []))
                for stop in stops.get(each.round.id, ())
            ),
        )
        for each in told
        if stops.get(each.round.id)
    )
    service_day = ServiceDay(day, get_bank(session, bank_id).zone)
    return Closing(
        day=day,
        rounds=rounds,
        excursions=_excursions(session, bank_id, service_day),
        overdue=tuple(_overdue(session, containers, policies_of(session, bank_id))),
        differing=tuple(disagreements(told)),
    )


def _stops(session: Session, rounds: Iterable[int]) -> dict[int, list[RoundStop]]:
    rows = session.scalars(
        select(RoundStop)
        .where(RoundStop.round_id.in_(list(rounds)))
        .order_by(RoundStop.round_id, RoundStop.position)
    ).all()
    pickups = session.scalars(
        select(Pickup).where(Pickup.id.in_([row.pickup_id for row in rows])).options(*OF_A_PICKUP)
    )
    loaded = {pickup.id: pickup for pickup in pickups}
    found: dict[int, list[RoundStop]] = {}
    for row in rows:
        row.pickup = loaded[row.pickup_id]
        found.setdefault(row.round_id, []).append(row)
    return found


def _containers(session: Session, bank_id: int, pickups: list[int]) -> dict[int, list[Container]]:
    rows = session.scalars(
        select(Container)
        .where(Container.bank_id == bank_id, Container.pickup_id.in_(pickups))
        .order_by(Container.number)
    )
    found: dict[int, list[Container]] = {}
    for row in rows:
        found.setdefault(row.pickup_id, []).append(row)
    return found


def _visit(pickup: Pickup, record: DoorRecord | None, inside: list[Container]) -> VisitClosed:
    bottles = [each for each in inside if each.kind is ContainerKind.BOTTLE]
    return VisitClosed(
        pickup=pickup,
        record=record,
        declared=pickup.bottles if set(pickup.purposes) & OF_MILK else 0,
        collected=record.bottles if record else 0,
        received=sum(each.state is ContainerState.RECEIVED for each in bottles),
        refused=sum(each.state is ContainerState.REFUSED_AT_DOOR for each in bottles),
    )


def _excursions(session: Session, bank_id: int, day: ServiceDay) -> tuple[Excursion, ...]:
    return tuple(
        session.scalars(
            select(Excursion)
            .where(
                Excursion.bank_id == bank_id,
                Excursion.withdrawn_at.is_(None),
                Excursion.detected_at >= day.epoch,
                Excursion.detected_at < day.end,
            )
            .order_by(Excursion.id)
        )
    )


def _overdue(
    session: Session, containers: Mapping[int, list[Container]], policies: Policies
) -> Iterable[Overdue]:
    known = {each.id: each for theirs in containers.values() for each in theirs}
    entries = session.execute(
        select(CustodyEntry.container_id, CustodyEntry.state, CustodyEntry.happened_at)
        .where(CustodyEntry.container_id.in_(list(known)))
        .order_by(CustodyEntry.id)
    )
    times: dict[int, dict[ContainerState, datetime]] = {}
    for key, state, at in entries:
        times.setdefault(key, {})[state] = at
    limits = {
        ContainerKind.BOTTLE: timedelta(minutes=policies[PolicyKey.MILK_RIDE_MINUTES]),
        ContainerKind.TUBE: timedelta(minutes=policies[PolicyKey.TUBE_RIDE_MINUTES]),
    }
    for key, said in times.items():
        begun, ended = said.get(ContainerState.COLLECTED), said.get(ContainerState.RECEIVED)
        limit = limits[known[key].kind]
        if begun and ended and ended - begun > limit:
            yield Overdue(container=known[key], rode=ended - begun, limit=limit)
