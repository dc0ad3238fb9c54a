"""Pulses of the worker's threads: recorded, and their age."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.jobs.models import WorkerPulse


def beat(session: Session, name: str, *, now: datetime) -> None:
    """Record that a thread completed a turn."""
    pulse = session.scalar(select(WorkerPulse).where(WorkerPulse.name == name))
    if pulse is None:
        pulse = WorkerPulse(name=name, at=now)
        session.add(pulse)
    pulse.at = now


def last_pulses(session: Session) -> dict[str, datetime]:
    """Return the instant of each thread's last completed turn."""
    return {pulse.name: pulse.at for pulse in session.scalars(select(WorkerPulse))}
