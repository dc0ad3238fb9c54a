"""Acceptance of a phone's events: each counts once, in any order, however late.

One POST is one transaction. The round is locked, its events are loaded by one query and replayed
once. An event is refused before its first row is written, so that a refusal leaves the others as
they are. An event after the hand-over is accepted like any other: it may only be late. If it is
not, the round is no longer unloaded until its containers are handed over as well.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import chain

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from collector.audit.actions import AuditAct, record_acts
from collector.banks.models import Site
from collector.banks.queries import policies_of
from collector.custody.actions import lock_containers, refuse_taken_labels
from collector.custody.models import Container
from collector.db import is_duplicate
from collector.errors import Conflict, Refused
from collector.pickups.models import Pickup
from collector.rounds.events.device_clock import corrected
from collector.rounds.events.handlers import AcceptedEvent, add_effects, check_event, site_of
from collector.rounds.events.projection import changing_events, lock_pickups, project, undone_by
from collector.rounds.events.queries import (
    deciding_events,
    followed_round,
    once_in_round,
    other_rounds,
    rounds_by_client_id,
    stored_event,
)
from collector.rounds.events.schema import (
    CollectedEvent,
    HandedOverEvent,
    NotDoneEvent,
    PhoneEvent,
    UndoneEvent,
    parse_client_id,
    parse_event,
    stored_payload,
)
from collector.rounds.models import Round, RoundEvent


class EventStatus(StrEnum):
    """Results of an event that a phone sent."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventResult:
    """The result of one event; a refusal has a code and its figures."""

    status: EventStatus
    client_id: str | None
    code: str | None = None
    figures: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentEvent:
    """One entry of a POST: its event, or the refusal of an unreadable one."""

    client_id: str | None
    event: PhoneEvent | None = None
    refusal: Refused | None = None


def accept_events(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    round_id: int,
    sent: Sequence[object],
) -> list[EventResult]:
    """Accept the events of one POST about a collector's own published round.

    The events are accepted in the order of the phones: sequence, device time, client id.

    Returns
    -------
    list of EventResult
        One per event, in the order in which they were sent.

    Raises
    ------
    NotFound
        The round does not exist, was never published, or is a colleague's.
    Conflict
        Another transaction stored one of these events for another round meanwhile.
    """
    round_ = followed_round(
        session, bank_id=bank_id, person_id=person_id, round_id=round_id, lock=True
    )
    entries = [_parse(each, now=now) for each in sent]
    intake = _Intake(session, now, round_, person_id, entries)
    results: dict[int, EventResult] = {}
    for place, entry in sorted(enumerate(entries), key=lambda numbered: _order(numbered[1])):
        results[place] = intake.result_of(entry)
    intake.write()
    return [results[place] for place in range(len(entries))]


class _Intake:
    """One POST on its way: the rows that its events need, and the events accepted so far."""

    def __init__(
        self,
        session: Session,
        now: datetime,
        round_: Round,
        person_id: int,
        entries: Sequence[SentEvent],
    ) -> None:
        self.session, self.now, self.round, self.person_id = session, now, round_, person_id
        self.events = [entry.event for entry in entries if entry.event is not None]
        identities = [entry.client_id for entry in entries if entry.client_id is not None]
        self.known = rounds_by_client_id(session, bank_id=round_.bank_id, client_ids=identities)
        undone = undone_by(self.events)
        self.stored = {round_.id: deciding_events(session, round_id=round_.id, undone=undone)}
        self.pickups = self._lock_pickups()
        for key in other_rounds(session, round_id=round_.id, visits=self.pickups):
            self.stored[key] = deciding_events(session, round_id=key)
        self.policies = policies_of(session, round_.bank_id)
        self.accepted: list[PhoneEvent] = []
        self.decided: set[int] = set()
        """Visits that an accepted event decides anew and that were not projected since."""

    def result_of(self, entry: SentEvent) -> EventResult:
        """Accept one event, unless it is known or a rule refuses it."""
        try:
            status = self._accept(entry)
        except Refused as refusal:
            return EventResult(
                status=EventStatus.REFUSED,
                client_id=entry.client_id,
                code=refusal.code,
                figures=refusal.figures,
            )
        return EventResult(status=status, client_id=entry.client_id)

    def write(self) -> None:
        """Write the rows of the accepted events, replay the round once, audit each event."""
        if not self.accepted:
            return
        rows = self._insert(self.accepted)
        accepted = [
            AcceptedEvent(event=event, row=row, pickup=self.pickups.get(event.pickup or 0))
            for event, row in zip(self.accepted, rows, strict=True)
        ]
        add_effects(self.session, now=self.now, accepted=accepted, policies=self.policies)
        new = [stored_event(each.row, each.event) for each in accepted]
        self.stored[self.round.id].extend(new)
        project(self.session, now=self.now, round_=self.round, stored=self.stored, new=new)
        acts = [_act(each) for each in accepted]
        record_acts(self.session, now=self.now, bank_id=self.round.bank_id, acts=acts)
        self.accepted, self.decided = [], set()
        self.__dict__.pop("containers", None)

    def _accept(self, entry: SentEvent) -> EventStatus:
        if entry.client_id in self.known:
            if self.known[entry.client_id] != self.round.id:
                raise Refused("event_of_another_round")
            return EventStatus.DUPLICATE
        if entry.event is None:
            raise entry.refusal or Refused("event_unreadable", field="kind")
        event = entry.event
        pickup = self._pickup(event)
        check_event(event, pickup=pickup, policies=self.policies, sites=self.sites)
        if isinstance(event, CollectedEvent) and pickup is not None:
            self._check_labels(event, pickup)
        self.accepted.append(event)
        _add_labels(self.visits_by_label, event)
        self._note_decided(event)
        self.known[event.client_id] = self.round.id
        return EventStatus.ACCEPTED

    def _note_decided(self, event: PhoneEvent) -> None:
        if isinstance(event, UndoneEvent):
            known = (each.event for each in self.stored[self.round.id])
            changing = changing_events([*known, *self.accepted], [event])
            self.decided.update(each.pickup for each in changing if each.pickup is not None)
        elif isinstance(event, CollectedEvent | NotDoneEvent):
            self.decided.add(event.pickup)

    def _pickup(self, event: PhoneEvent) -> Pickup | None:
        if event.pickup is None:
            return None
        if event.pickup not in self.pickups:
            raise Refused("pickup_not_in_round")
        return self.pickups[event.pickup]

    def _lock_pickups(self) -> dict[int, Pickup]:
        """Return the visits that the events may change, locked.

        A visit must be in the published round, or have been in it once: a record made at a door is
        never lost because the office moved the visit meanwhile.
        """
        named = {event.pickup for event in self.events if event.pickup is not None}
        promised = {stop["pickup"] for stop in (self.round.published or {})["stops"]}
        visits = named & promised | once_in_round(self.session, self.round, named - promised)
        stored = [each.event for each in self.stored[self.round.id]]
        changing = changing_events(stored, self.events)
        handed_over = any(isinstance(event, HandedOverEvent) for event in changing)
        others = stored if handed_over else changing[len(self.events) :]
        visits |= {event.pickup for event in others if event.pickup is not None}
        return lock_pickups(self.session, visits)

    @cached_property
    def sites(self) -> set[int]:
        """The keys of the bank's sites that the events name."""
        named = {site for event in self.events if (site := site_of(event)) is not None}
        if not named:
            return set()
        own = Site.bank_id == self.round.bank_id, Site.id.in_(named)
        return set(self.session.scalars(select(Site.id).where(*own)))

    def _check_labels(self, event: CollectedEvent, pickup: Pickup) -> None:
        """Refuse a label of another visit's bottle.

        Containers are compared as the events accepted before leave them. If one of these events
        may have given or freed such a label, the events so far are projected first.
        """
        labels = _labels(event)
        if not labels:
            # A number that was made for this visit is no other visit's.
            return
        others = set[int]().union(*(self.visits_by_label[label] for label in labels))
        if others & self.decided - {pickup.id}:
            self.write()
        taken = [self.containers[label] for label in labels if label in self.containers]
        refuse_taken_labels(taken, pickup=pickup)

    @cached_property
    def visits_by_label(self) -> defaultdict[str, set[int]]:
        """The visits with a record that names a label, by label."""
        found: defaultdict[str, set[int]] = defaultdict(set)
        for each in chain.from_iterable(self.stored.values()):
            _add_labels(found, each.event)
        return found

    @cached_property
    def containers(self) -> dict[str, Container]:
        """The bank's containers that bear a label of the POST, by label, locked."""
        labels = [label for event in self.events for label in _labels(event)]
        return lock_containers(self.session, bank_id=self.round.bank_id, numbers=labels)

    def _insert(self, events: Sequence[PhoneEvent]) -> list[RoundEvent]:
        rows = [
            RoundEvent(
                bank_id=self.round.bank_id,
                client_id=event.client_id,
                round_id=self.round.id,
                pickup_id=event.pickup,
                person_id=self.person_id,
                kind=event.kind,
                sequence=event.sequence,
                device_at=event.device_at,
                reported_at=event.reported_at,
                received_at=self.now,
                device=event.device or "",
                payload=stored_payload(event),
            )
            for event in events
        ]
        self.session.add_all(rows)
        try:
            self.session.flush()
        except IntegrityError as error:
            if not is_duplicate(error):
                raise
            raise Conflict("changed_meanwhile") from error
        return rows


def _parse(sent: object, *, now: datetime) -> SentEvent:
    client_id = None
    try:
        client_id = parse_client_id(sent)
        event = corrected(parse_event(sent), received_at=now)
        return SentEvent(client_id=client_id, event=event)
    except Refused as refusal:
        return SentEvent(client_id=client_id, refusal=refusal)


def _order(entry: SentEvent) -> tuple[bool, tuple[int, datetime, str] | None]:
    """Return the sort key of an entry; unreadable ones come last."""
    return entry.event is None, entry.event.order if entry.event else None


def _labels(event: PhoneEvent) -> list[str]:
    """Return the labels that a record names, of bottles and of tubes."""
    if not isinstance(event, CollectedEvent):
        return []
    record = event.payload
    return [*record.containers, *(tube.number for tube in record.tubes if tube.number)]


def _add_labels(visits_by_label: defaultdict[str, set[int]], event: PhoneEvent) -> None:
    if isinstance(event, CollectedEvent):
        for label in _labels(event):
            visits_by_label[label].add(event.pickup)


def _act(accepted: AcceptedEvent) -> AuditAct:
    row = accepted.row
    subject = f"pickup:{row.pickup_id}" if row.pickup_id else f"round:{row.round_id}"
    return AuditAct(
        actor=f"person:{row.person_id}",
        action=f"phone said {row.kind.value}",
        subject=subject,
        details={
            "event": row.id,
            "round": row.round_id,
            "device_at": row.device_at.isoformat(),
        },
    )
