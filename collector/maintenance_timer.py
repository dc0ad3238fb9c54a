"""Maintenance by the clock: backups at their interval, a check-up once a day.

Each run is a command of its own, so that its memory and its failure stay outside the worker.
"""

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from collector.clock import Clock
from collector.db import reading
from collector.jobs.models import MaintenanceKind
from collector.jobs.parent_death import tied
from collector.maintenance.compaction import compaction_is_due
from collector.maintenance.runs import latest_run
from collector.upkeep_settings import BackupPlan

LOOK_SECONDS = 30.0
CHECKUP_EVERY = timedelta(days=1)
AGAIN_AFTER = timedelta(minutes=5)
"""Least time between two runs, so that one that fails is not repeated at once."""
SETTLED_AFTER = timedelta(minutes=10)
"""Run time of the worker until the first check-up, so that a start is not held up."""

NIGHT = range(5)
"""Hours, in UTC, in which the pages may be rewritten: writers wait for that time."""

BACKUP = ("backup",)
CHECKUP = ("doctor", "--record")
COMPACT = ("compact",)

log = logging.getLogger(__name__)


def due_commands(
    session: Session, plan: BackupPlan | None, *, now: datetime, started_at: datetime
) -> list[Sequence[str]]:
    """Return the `milkround` commands that are due."""
    due: list[Sequence[str]] = []
    if plan and _is_due(session, MaintenanceKind.BACKUP, plan_interval(plan), now):
        due.append(BACKUP)
    settled = now - started_at >= SETTLED_AFTER
    if settled and _is_due(session, MaintenanceKind.CHECKUP, CHECKUP_EVERY, now):
        due.append(CHECKUP)
    if now.hour in NIGHT and compaction_is_due(session, now=now):
        due.append(COMPACT)
    return due


def plan_interval(plan: BackupPlan) -> timedelta:
    """Return the interval of the backups."""
    return timedelta(minutes=plan.every_minutes)


def run_maintenance(app: Flask, clock: Clock, stop: threading.Event) -> None:
    """Run what is due until told to stop; a failed command is logged and tried again."""
    plan, started_at = app.extensions["milkround_settings"].upkeep.backups, clock.now()
    not_before = started_at
    while not stop.wait(LOOK_SECONDS):
        if clock.now() < not_before:
            continue
        with app.app_context():
            try:
                with reading() as session:
                    due = due_commands(session, plan, now=clock.now(), started_at=started_at)
            except OperationalError as away:
                log.warning("the maintenance waits for the database: %s", away.orig)
                continue
        for words in due:
            run_command(words, stop.is_set)
            not_before = clock.now() + AGAIN_AFTER


def run_command(words: Sequence[str], is_over: Callable[[], bool]) -> None:
    """Run a `milkround` command to its end, and log its failure."""
    command = tied([sys.executable, "-m", "collector.cli", *words], number=signal.SIGTERM)
    child = subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    while True:
        try:
            _, told = child.communicate(timeout=1)
            break
        except subprocess.TimeoutExpired:
            if is_over():
                child.terminate()
    if child.returncode and words is not CHECKUP:
        log.error("milkround %s failed: %s", " ".join(words), told.strip())


def _is_due(session: Session, kind: MaintenanceKind, every: timedelta, now: datetime) -> bool:
    last = latest_run(session, kind)
    if last is None or (not last.succeeded and kind is MaintenanceKind.BACKUP):
        return True
    return now - last.started_at >= every
