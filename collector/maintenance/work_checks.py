"""Checks of the work in the database: worker, timers, jobs, messages, phones, maintenance."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from collector.banks.queries import banks
from collector.db import Base
from collector.jobs.models import Job, JobState, MaintenanceKind, TimerFailure
from collector.jobs.pulses import last_pulses
from collector.maintenance.findings import HealthFinding, Level, act, fine, note
from collector.maintenance.runs import latest_run
from collector.notices.models import Notice, NoticeState
from collector.people.models import Device
from collector.planning.problem.leg_cache import legs_known
from collector.roads.regions import complaint, region_in_force

SILENT = timedelta(minutes=5)
"""Age of the last pulse from which the worker is taken for dead."""
STUCK = timedelta(minutes=10)
"""Wait of a job in the queue, or age of its lost lease, from which it is stuck."""
UNSENT = timedelta(minutes=15)
"""Age from which a message that waits is late."""
PHONE_SILENT = timedelta(days=1)
"""Silence of a phone with unsent records from which it is told."""
NEW = timedelta(minutes=10)
"""Time after the founding of the first bank in which no pulse is expected yet."""
DRILL_EVERY = timedelta(days=35)


def standing_still(session: Session, *, now: datetime, bank_id: int) -> list[HealthFinding]:
    """Return what stands still for one bank: worker, jobs, messages."""
    found = [
        _worker(session, now=now),
        _jobs(session, now=now, bank_id=bank_id),
        _messages(session, now=now, bank_id=bank_id),
        *_region(session),
    ]
    return [finding for finding in found if finding.level is Level.ACT]


def check_work(session: Session, *, now: datetime) -> Iterator[HealthFinding]:
    """Check the work of all banks."""
    yield _worker(session, now=now)
    failures = _count(session, TimerFailure)
    yield act("timers_failed", count=failures) if failures else fine("timers_fine")
    yield _jobs(session, now=now, bank_id=None)
    yield _messages(session, now=now, bank_id=None)
    yield _phones(session, now=now)


def check_roads(session: Session) -> Iterator[HealthFinding]:
    """Check the region of roads, and how many legs of each bank's open requests are cached."""
    yield from _region(session)
    for key, slug in [(bank.id, bank.slug) for bank in banks(session)]:
        if (known := legs_known(session, key)) is not None:
            yield fine("legs_cached", bank=slug, percent=known.percent, total=known.total)


def check_maintenance(
    session: Session, *, now: datetime, every: timedelta | None
) -> Iterator[HealthFinding]:
    """Check that backups are made, and that a restore was rehearsed.

    Parameters
    ----------
    every
        The interval of the backups; None if the worker makes none.
    """
    backup = latest_run(session, MaintenanceKind.BACKUP, succeeded=True)
    limit = max(2 * every, timedelta(hours=1)) if every else timedelta(days=1)
    if backup is None:
        yield act("backup_never")
    elif now - backup.started_at > limit:
        yield act("backup_old", hours=_hours(now - backup.started_at))
    else:
        size = round(backup.figures["bytes"] / 1e6, 1)
        yield fine("backup_fine", minutes=_minutes(now - backup.started_at), megabytes=size)
    last = latest_run(session, MaintenanceKind.BACKUP)
    if last is not None and not last.succeeded:
        yield act("backup_failed")
    rehearsed = latest_run(session, MaintenanceKind.DRILL)
    if rehearsed is None:
        yield note("drill_never")
    elif not rehearsed.succeeded:
        yield act("drill_failed")
    else:
        age = now - rehearsed.started_at
        figures = {"minutes": round(rehearsed.milliseconds / 60_000, 1), "days": age.days}
        yield note("drill_old", **figures) if age > DRILL_EVERY else fine("drill_fine", **figures)


def _worker(session: Session, *, now: datetime) -> HealthFinding:
    pulses = last_pulses(session)
    if not pulses:
        return act("worker_never")
    oldest = min(pulses.values())
    if now - oldest > SILENT:
        return act("worker_silent", minutes=_minutes(now - oldest))
    return fine("worker_fine")


def _jobs(session: Session, *, now: datetime, bank_id: int | None) -> HealthFinding:
    dead = _count(session, Job, Job.state == JobState.DEAD, bank_id=bank_id)
    late = _count(
        session, Job, Job.state == JobState.QUEUED, Job.asked_at < now - STUCK, bank_id=bank_id
    ) + _count(
        session, Job, Job.state == JobState.RUNNING, Job.leased_until < now - STUCK, bank_id=bank_id
    )
    return act("jobs_stuck", dead=dead, late=late) if dead or late else fine("jobs_fine")


def _region(session: Session) -> Iterator[HealthFinding]:
    region = region_in_force(session)
    if region is None:
        yield note("region_none")
    elif complaint(region) is not None:
        yield act("region_unusable", source=region.source)
    else:
        yield fine("region_fine", source=region.source, arcs=region.arcs)


def _messages(session: Session, *, now: datetime, bank_id: int | None) -> HealthFinding:
    failed = _count(session, Notice, Notice.state == NoticeState.FAILED, bank_id=bank_id)
    late = _count(
        session,
        Notice,
        Notice.state == NoticeState.OWED,
        Notice.owed_at < now - UNSENT,
        bank_id=bank_id,
    )
    if failed or late:
        return act("messages_unsent", failed=failed, late=late)
    return fine("messages_fine")


def _phones(session: Session, *, now: datetime) -> HealthFinding:
    active = Device.revoked_at.is_(None)
    silent = _count(session, Device, active, Device.unsent > 0, Device.seen_at < now - PHONE_SILENT)
    devices = session.scalars(select(Device).where(active))
    wrong = sum(bool(device.clock_error) for device in devices)
    if silent or wrong:
        return act("phones_behind", silent=silent, wrong=wrong)
    return fine("phones_fine")


def _count(
    session: Session, row: type[Base], *wanted: ColumnElement[bool], bank_id: int | None = None
) -> int:
    counted = select(func.count()).select_from(row).where(*wanted)
    if bank_id is not None:
        counted = counted.where(row.__table__.c.bank_id == bank_id)
    return session.scalar(counted) or 0


def _minutes(age: timedelta) -> int:
    return round(age.total_seconds() / 60)


def _hours(age: timedelta) -> int:
    return round(age.total_seconds() / 3600)
