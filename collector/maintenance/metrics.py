"""Metrics of an installation, read from its database at each scrape."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from prometheus_client.core import GaugeMetricFamily, SummaryMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.clock import Clock
from collector.jobs.models import Job, JobState, MaintenanceKind, TimerFailure
from collector.jobs.pulses import last_pulses
from collector.maintenance.runs import latest_run
from collector.notices.models import Notice, NoticeState
from collector.people.models import Device
from collector.planning.models import PlanningRun

SILENT = timedelta(hours=1)
"""Silence of a phone in use today from which it counts as silent."""
IN_USE = timedelta(days=1)


class WorkMetrics(Collector):
    """Jobs, outbox, phones, timers, planner and backups; names and addresses are in none."""

    def __init__(
        self, reading: Callable[[], AbstractContextManager[Session]], clock: Clock
    ) -> None:
        self._reading = reading
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """Return the metrics of now."""
        with self._reading() as session:
            now = self._clock.now()
            yield _states(session, "milkround_jobs", "Background jobs.", Job, JobState)
            yield _states(session, "milkround_messages", "Messages.", Notice, NoticeState)
            yield _ages(session, now)
            yield _phones(session, now)
            yield GaugeMetricFamily(
                "milkround_timer_failures",
                "Failed automatic tasks.",
                value=session.scalar(select(func.count(TimerFailure.id))) or 0,
            )
            yield _solver(session)
            yield _backups(session)


def _states(
    session: Session,
    name: str,
    words: str,
    row: type[Job | Notice],
    states: type[JobState | NoticeState],
) -> Metric:
    counted = session.execute(select(row.state, func.count()).group_by(row.state))
    found = {str(state): count for state, count in counted}
    family = GaugeMetricFamily(name, words, labels=("state",))
    for state in states:
        family.add_metric([state.value], found.get(state.value, 0))
    return family


def _ages(session: Session, now: datetime) -> Metric:
    family = GaugeMetricFamily(
        "milkround_thread_age_seconds", "Age of a thread's last turn.", labels=("thread",)
    )
    for name, at in last_pulses(session).items():
        family.add_metric([name], (now - at).total_seconds())
    return family


def _phones(session: Session, now: datetime) -> Metric:
    silent = select(func.count(Device.id)).where(
        Device.revoked_at.is_(None), Device.seen_at.between(now - IN_USE, now - SILENT)
    )
    return GaugeMetricFamily(
        "milkround_phones_silent",
        "Phones seen today that are silent for an hour.",
        value=session.scalar(silent) or 0,
    )


def _solver(session: Session) -> Metric:
    kept = select(PlanningRun.posed_at, PlanningRun.kept_at).where(PlanningRun.kept_at.is_not(None))
    seconds = [(until - since).total_seconds() for since, until in session.execute(kept) if until]
    return SummaryMetricFamily(
        "milkround_solver_seconds",
        "Time from a posed problem to its kept plan.",
        count_value=len(seconds),
        sum_value=sum(seconds),
    )


def _backups(session: Session) -> Metric:
    last = latest_run(session, MaintenanceKind.BACKUP, succeeded=True)
    return GaugeMetricFamily(
        "milkround_last_backup_timestamp_seconds",
        "Instant of the last good backup; 0 if there is none.",
        value=last.started_at.timestamp() if last else 0,
    )
