"""Learning of a bank's times: computed from a reading, then written in a transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.queries import get_bank, policies_of
from collector.db import owned
from collector.donors.models import Donor
from collector.errors import Refused
from collector.people.models import Person
from collector.planning.learning.choice import ChosenTimes, choose_times
from collector.planning.learning.traces import Traces, load_traces
from collector.roads.learned import learned_rows, learning_result
from collector.roads.models import LearnedKind, LearnedTime, LearningResult

NIGHT: Final = range(2, 5)
"""Hours, in the bank's zone, in which it learns."""
AT_MOST_EVERY: Final = timedelta(hours=20)
PINNED: Final = (0.3, 5.0)
"""Smallest and largest factor that a coordinator sets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """Lessons of a bank's rounds, ready to be written."""

    traces: Traces
    times: ChosenTimes


@dataclass(slots=True, kw_only=True)
class NightlyLearning:
    """The learning of a bank at night."""

    bank_id: int
    now: datetime
    found: Learned | None = None

    def is_due(self, session: Session) -> bool:
        """Learn if it is time to, and return whether rows must be written."""
        local = self.now.astimezone(get_bank(session, self.bank_id).zone)
        last = learning_result(session, self.bank_id)
        if local.hour not in NIGHT or (last and self.now - last.learned_at < AT_MOST_EVERY):
            return False
        self.found = learned_of(session, bank_id=self.bank_id, now=self.now)
        return True

    def run(self, session: Session) -> None:
        """Write the learned times."""
        if self.found is not None:
            write_learned(session, self.found, bank_id=self.bank_id, now=self.now)


def learned_of(session: Session, *, bank_id: int, now: datetime) -> Learned:
    """Learn from the driven rounds of a bank, and measure the errors on days held out."""
    zone = get_bank(session, bank_id).zone
    traces = load_traces(
        session,
        bank_id=bank_id,
        zone=zone,
        policies=policies_of(session, bank_id),
        until=now.astimezone(zone).date(),
    )
    return Learned(traces=traces, times=choose_times(traces.rounds))


def write_learned(session: Session, found: Learned, *, bank_id: int, now: datetime) -> None:
    """Replace the learned values of a bank; a pinned factor stays, and an erased donor has none."""
    rows = {(row.kind, row.key): row for row in learned_rows(session, bank_id)}
    donors = set(
        session.scalars(select(Donor.id).where(Donor.bank_id == bank_id, Donor.erased_at.is_(None)))
    )
    people = set(session.scalars(select(Person.id).where(Person.bank_id == bank_id)))
    kept = set()
    effects = [
        (kind, key, effect)
        for kind, by_key in found.times.model.effects.items()
        for key, effect in by_key.items()
    ]
    for kind, key, effect in effects:
        if kind is LearnedKind.DONOR and int(key) not in donors:
            continue
        if kind is LearnedKind.COLLECTOR and int(key) not in people:
            continue
        kept.add((kind, key))
        row = rows.get((kind, key))
        if row is None:
            row = LearnedTime(bank_id=bank_id, kind=kind, key=key)
            session.add(row)
        row.donor_id = int(key) if kind is LearnedKind.DONOR else None
        row.person_id = int(key) if kind is LearnedKind.COLLECTOR else None
        row.factor, row.spread_percent = effect.factor, effect.spread_percent
        row.count, row.learned_at = effect.count, now
    for known, row in rows.items():
        if known not in kept and row.pinned is None:
            session.delete(row)
    _write_result(session, found, bank_id=bank_id, now=now)
    session.flush()


def pin(
    session: Session, *, now: datetime, bank_id: int, actor: str, key: int, factor: float | None
) -> LearnedTime:
    """Set the factor that counts in place of a learned one; None lets the learned one count again.

    Raises
    ------
    NotFound
        The bank has no such value.
    Refused
        `learned_factor`: the factor is too small or too large.
    """
    row = owned(session, LearnedTime, bank_id, key)
    if factor is not None and not PINNED[0] <= factor <= PINNED[1]:
        raise Refused("learned_factor")
    row.pinned = factor
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action="learned time pinned" if factor is not None else "learned time released",
        subject=f"learned_time:{row.id}",
        kind=row.kind.value,
    )
    return row


def forget(session: Session, *, now: datetime, bank_id: int, actor: str, key: int) -> None:
    """Delete a learned value; it is learned again from rounds to come and those still kept.

    Raises
    ------
    NotFound
        The bank has no such value.
    """
    row = owned(session, LearnedTime, bank_id, key)
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action="learned time deleted",
        subject=f"learned_time:{row.id}",
        kind=row.kind.value,
    )
    session.delete(row)
    session.flush()


def _write_result(session: Session, found: Learned, *, bank_id: int, now: datetime) -> None:
    row = learning_result(session, bank_id)
    if row is None:
        row = LearningResult(bank_id=bank_id)
        session.add(row)
    rounds, times = found.traces.rounds, found.times
    row.learned_at, row.rounds, row.left_out = now, len(rounds), found.traces.left_out
    row.days, row.held_out_days = len({each.day for each in rounds}), times.before.days
    row.legs, row.doors = times.model.legs, times.model.doors
    row.arrival_before, row.arrival_after = times.before.arrival, times.after.arrival
    row.leg_before, row.leg_after = times.before.leg, times.after.leg
    row.door_before, row.door_after = times.before.door, times.after.door
    row.used = sorted(times.used)
