"""Maintenance runs: recorded, and the latest of a kind."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from collector.jobs.models import MaintenanceKind, MaintenanceRun

KEPT = timedelta(days=400)
"""Age up to which runs are kept."""


def record_run(
    session: Session,
    kind: MaintenanceKind,
    *,
    started_at: datetime,
    seconds: float,
    succeeded: bool,
    figures: Mapping[str, object],
) -> MaintenanceRun:
    """Record a run, and forget those of more than a year ago."""
    session.execute(delete(MaintenanceRun).where(MaintenanceRun.started_at < started_at - KEPT))
    run = MaintenanceRun(
        kind=kind,
        started_at=started_at,
        milliseconds=round(seconds * 1000),
        succeeded=succeeded,
        figures=dict(figures),
    )
    session.add(run)
    session.flush()
    return run


def latest_run(
    session: Session, kind: MaintenanceKind, *, succeeded: bool | None = None
) -> MaintenanceRun | None:
    """Return the latest run of a kind, or the latest that succeeded."""
    runs = select(MaintenanceRun).where(MaintenanceRun.kind == kind)
    if succeeded is not None:
        runs = runs.where(MaintenanceRun.succeeded == succeeded)
    return session.scalar(runs.order_by(MaintenanceRun.id.desc()).limit(1))
