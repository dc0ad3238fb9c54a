"""Monitoring of a published day: incidents, records that disagree, containers that are missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from collector.custody.models import Container, ContainerState
from collector.people.devices import devices_of
from collector.people.models import Device
from collector.rounds.events.queries import StoredEvent, events_by_round
from collector.rounds.events.replay import RoundProgress, replay_round
from collector.rounds.events.schema import CollectedEvent, DecisiveEvent
from collector.rounds.models import DayPlan, Incident, PhonePlace, Round, RoundEvent
from collector.shifts.models import RosterShift


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecord:
    """One of several records of one visit that stand side by side."""

    round: Round
    event: DecisiveEvent
    event_id: int
    person_id: int
    received_at: datetime
    counts: bool
    """Whether the rows follow this record: in each round the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A visit with records of two phones that differ."""

    pickup_id: int
    versions: tuple[VisitRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundOnTheRoad:
    """One round after the events of its phones."""

    round: Round
    events: tuple[StoredEvent, ...]
    progress: RoundProgress
    incidents: tuple[tuple[Incident, RoundEvent], ...]
    strays: tuple[int, ...]
    """Visits that were recorded although they had been taken out of the round."""
    devices: tuple[Device, ...]
    missing: tuple[Container, ...]
    """Containers that were not out of the box at the hand-over."""
    place: PhonePlace | None = None
    """The last place of its phone, if the collector agreed and the round is on the road."""

    @property
    def last_event_at(self) -> datetime | None:
        """The instant at which the bank received the last event, or None before the first."""
        return max((each.received_at for each in self.events), default=None)

    @property
    def seen(self) -> bool:
        """Whether the collector acknowledged the present revision."""
        return self.round.acknowledged >= self.round.revision

    @property
    def is_told_anew(self) -> bool:
        """Whether the phone asks for an acknowledgement: of each revision but a plan's first."""
        return not self.seen and self.round.revision > 1


def on_the_road(session: Session, *, bank_id: int, day: date) -> list[RoundOnTheRoad]:
    """Return the published rounds of a day after the events of their phones."""
    rounds = session.scalars(
        select(Round)
        .join(DayPlan, DayPlan.id == Round.day_plan_id)
        .where(Round.bank_id == bank_id, DayPlan.day == day, Round.revision > 0)
        .options(joinedload(Round.shift).joinedload(RosterShift.collector))
        .order_by(Round.letter)
    ).all()
    keys = [round_.id for round_ in rounds]
    stored = events_by_round(session, RoundEvent.bank_id == bank_id, RoundEvent.round_id.in_(keys))
    return [_monitored(session, round_, tuple(stored[round_.id])) for round_ in rounds]


def disagreements(rounds: Iterable[RoundOnTheRoad]) -> list[Disagreement]:
    """Return the visits with records of phones, in one round or in two, that differ."""
    versions: dict[int, list[VisitRecord]] = {}
    for each in rounds:
        stored = {one.event.client_id: one for one in each.events}
        for pickup, state in each.progress.visits.items():
            for event in (*state.rivals, *([state.decided_by] if state.decided_by else ())):
                version = VisitRecord(
                    round=each.round,
                    event=event,
                    event_id=stored[event.client_id].id,
                    person_id=stored[event.client_id].person_id,
                    received_at=stored[event.client_id].received_at,
                    counts=event is state.decided_by,
                )
                versions.setdefault(pickup, []).append(version)
    return [
        Disagreement(pickup_id=pickup, versions=tuple(records))
        for pickup, records in sorted(versions.items())
        if len({_content(version.event) for version in records}) > 1
    ]


def incidents_of(session: Session, *, round_id: int) -> list[tuple[Incident, RoundEvent]]:
    """Return the incidents of a round that stand, each with its event's row, the oldest first."""
    rows = session.execute(
        select(Incident, RoundEvent)
        .join(RoundEvent, RoundEvent.id == Incident.event_id)
        .where(Incident.round_id == round_id, Incident.withdrawn_at.is_(None))
        .order_by(Incident.id)
    )
    return [(incident, event) for incident, event in rows]


def _monitored(session: Session, round_: Round, stored: tuple[StoredEvent, ...]) -> RoundOnTheRoad:
    progress = replay_round(each.event for each in stored)
    promised = {stop["pickup"] for stop in (round_.published or {}).get("stops", [])}
    return RoundOnTheRoad(
        round=round_,
        events=stored,
        progress=progress,
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
        place=session.scalar(select(PhonePlace).where(PhonePlace.round_id == round_.id)),
    )


def _missing(session: Session, progress: RoundProgress) -> tuple[Container, ...]:
    """Return the containers aboard that were there at the last hand-over and stayed."""
    if not progress.hand_overs:
        return ()
    last = progress.hand_overs[-1].order
    before = [
        pickup
        for pickup, state in progress.visits.items()
        if state.decided_by is not None and state.decided_by.order < last
    ]
    aboard = (
        select(Container)
        .where(
            Container.pickup_id.in_(before),
            Container.state == ContainerState.IN_TRANSIT,
        )
        .order_by(Container.number)
    )
    return tuple(session.scalars(aboard))


def _content(event: DecisiveEvent) -> str:
    """Return the content of a record, so that two phones that agree do not disagree."""
    if not isinstance(event, CollectedEvent):
        return repr((event.kind.value, event.payload.reason))
    payload = event.payload.as_payload()
    return repr((event.kind.value, {name: payload[name] for name in COMPARED}))


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
)
"""Fields of a record that two phones must agree on; note, box, proofs and photo may differ."""
