"""What a coordinator must see of a day on the road: incidents, disagreements, what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from collector.custody.models import Container, ContainerState
from collector.people.devices import devices_of
from collector.people.models import Device
from collector.rounds.events.replay import RecordedEvent, RoundProgress, replay_round
from collector.rounds.events.schema import said_by
from collector.rounds.models import DayPlan, Incident, Round, RoundEvent
from collector.shifts.models import RosterShift


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecord:
    """One of the records that phones made of one visit, and stand beside one another."""

    round: Round
    said: RecordedEvent
    event_id: int
    person_id: int
    received_at: datetime
    counts: bool
    """Whether the rows follow this one: in each round the one said last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A visit of which two phones say different things."""

    pickup_id: int
    versions: tuple[VisitRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundOnTheRoad:
    """One round as its phones told it."""

    round: Round
    progress: RoundProgress
    last_event_at: datetime | None
    incidents: tuple[tuple[Incident, RoundEvent], ...]
    strays: tuple[int, ...]
    """Visits that were recorded although they had been taken out of the round."""
    devices: tuple[Device, ...]
    missing: tuple[Container, ...]
    """Containers that were not out of the box when it was handed over."""

    @property
    def seen(self) -> bool:
        """Whether the collector acknowledged the round as it is now; the first needs no card."""
        return self.round.acknowledged >= self.round.revision


def on_the_road(session: Session, *, bank_id: int, day: date) -> list[RoundOnTheRoad]:
    """Return the published rounds of a day as their phones told them."""
    rounds = session.scalars(
        select(Round)
        .join(DayPlan, DayPlan.id == Round.day_plan_id)
        .where(Round.bank_id == bank_id, DayPlan.day == day, Round.revision > 0)
        .options(joinedload(Round.shift).joinedload(RosterShift.collector))
        .order_by(Round.letter)
    )
    return [_told(session, round_) for round_ in rounds]


def disagreements(session: Session, told: Iterable[RoundOnTheRoad]) -> list[Disagreement]:
    """Return the visits of which phones, in one round or in two, say different things."""
    versions: dict[int, list[VisitRecord]] = {}
    for each in told:
        rows = {row.client_id: row for row in _events(session, each.round)}
        for pickup, state in each.progress.visits.items():
            standing = (*state.rivals, *([state.decided_by] if state.decided_by else ()))
            for said in standing:
                row = rows[said.client_id]
                version = VisitRecord(
                    round=each.round,
                    said=said,
                    event_id=row.id,
                    person_id=row.person_id,
                    received_at=row.received_at,
                    counts=said is state.decided_by,
                )
                versions.setdefault(pickup, []).append(version)
    return [
        Disagreement(pickup_id=pickup, versions=tuple(found))
        for pickup, found in sorted(versions.items())
        if len({_content(version.said) for version in found}) > 1
    ]


def incidents_of(session: Session, *, round_id: int) -> list[tuple[Incident, RoundEvent]]:
    """Return the incidents of a round that stand, with what told of them, the oldest first."""
    rows = session.execute(
        select(Incident, RoundEvent)
        .join(RoundEvent, RoundEvent.id == Incident.event_id)
        .where(Incident.round_id == round_id, Incident.withdrawn_at.is_(None))
        .order_by(Incident.id)
    )
    return [(incident, event) for incident, event in rows]


def _told(session: Session, round_: Round) -> RoundOnTheRoad:
    rows = _events(session, round_)
    progress = replay_round([said_by(row) for row in rows])
    promised = {stop["pickup"] for stop in (round_.published or {}).get("stops", [])}
    return RoundOnTheRoad(
        round=round_,
        progress=progress,
        last_event_at=max((row.received_at for row in rows), default=None),
        incidents=tuple(incidents_of(session, round_id=round_.id)),
        strays=tuple(
            pickup
            for pickup, state in progress.visits.items()
            if state.settled and pickup not in promised
        ),
        devices=tuple(
            devices_of(session, bank_id=round_.bank_id, people=[round_.shift.collector_id])
        ),
        missing=_missing(session, progress),
    )


def _missing(session: Session, progress: RoundProgress) -> tuple[Container, ...]:
    if not progress.hand_overs:
        return ()
    aboard = (
        select(Container)
        .where(
            Container.pickup_id.in_(list(progress.visits)),
            Container.state == ContainerState.IN_TRANSIT,
        )
        .order_by(Container.number)
    )
    return tuple(session.scalars(aboard))


def _events(session: Session, round_: Round) -> list[RoundEvent]:
    return list(session.scalars(select(RoundEvent).where(RoundEvent.round_id == round_.id)))


def _content(said: RecordedEvent) -> str:
    """Return what a record says, so that two phones that say the same do not disagree."""
    told = {name: said.payload.get(name) for name in COMPARED}
    return repr((said.kind.value, told))


COMPARED = (
    "bottles",
    "volume_ml",
    "freezer_celsius",
    "storage_ok",
    "containers",
    "refused",
    "empties_left",
    "tubes",
    "checks",
    "reason",
)
