"""The supervisor of the queue: claims a job, watches its child, stores its result.

Handlers of the kinds of job are arguments. The lease is renewed while a child runs. A cancel kills
the child within two seconds, its deadline at once, and the end of the supervisor too. The result is
stored in one transaction with the end of the job, under the fence of its claim.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from types import FrameType
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from collector.clock import Clock
from collector.db import OutdatedReading, reading, transaction
from collector.errors import MilkroundError
from collector.jobs.actions import Claim, claim, finish, release, renew, report_progress, retry
from collector.jobs.child import Child
from collector.jobs.loaded_program import Program
from collector.jobs.models import JobState
from collector.jobs.queries import cancel_is_asked, something_waits
from collector.jobs.warm_worker import WarmWorker
from collector.jobs.work import Ended, Handler, How, JobOutcome, Work

LEASE_SECONDS = 10.0
POLL_SECONDS = 0.1
TICK_SECONDS = 0.1
NO_PATIENCE = timedelta(0)
CALM_SECONDS = 0.5
"""Seconds between checks for a cancel and updates of the progress."""

log = logging.getLogger(__name__)


class _Lost(Exception):  # noqa: N818 - it tells what happened
    """The lease expired and another worker holds the job."""


class _Stopped(Exception):  # noqa: N818
    """The supervisor itself must stop."""


def run_supervisor(
    handlers: Mapping[str, Handler],
    *,
    clock: Clock,
    enter: Callable[[], AbstractContextManager[object]] = nullcontext,
    warm: Program | None = None,
    stop: threading.Event | None = None,
    lease_seconds: float = LEASE_SECONDS,
    poll_seconds: float = POLL_SECONDS,
    patience: Callable[[], timedelta] = timedelta,
    may_work: Callable[[], bool] = lambda: True,
) -> None:
    """Run the queue until `stop`, SIGTERM or SIGINT.

    Parameters
    ----------
    handlers
        The preparation of an attempt, by kind of job.
    enter
        Context of database access, such as an application context.
    warm
        The program to load ahead of its jobs, if any.
    lease_seconds
        Seconds after a kill of this process until another may claim its job.
    poll_seconds
        Seconds between two queries of an idle supervisor.
    patience
        The time for which a waiting job is left to workers that an announcement wakes.
    may_work
        Whether to look for a job now.
    """
    stop = stop or threading.Event()
    with _signals(stop), enter(), closing(WarmWorker(warm)) as worker:
        supervisor = Supervisor(
            handlers, clock=clock, stop=stop, worker=worker, lease_seconds=lease_seconds
        )
        while not stop.is_set():
            worker.keep()
            if not (may_work() and supervisor.work_one(patience=patience())):
                stop.wait(poll_seconds)


def run_once(
    handlers: Mapping[str, Handler],
    *,
    clock: Clock,
    enter: Callable[[], AbstractContextManager[object]] = nullcontext,
    lease_seconds: float = LEASE_SECONDS,
) -> int:
    """Run the queue until it is empty, and return the number of attempts."""
    stop = threading.Event()
    with _signals(stop), enter(), closing(WarmWorker()) as worker:
        supervisor = Supervisor(
            handlers, clock=clock, stop=stop, worker=worker, lease_seconds=lease_seconds
        )
        attempts = 0
        while not stop.is_set() and supervisor.work_one():
            attempts += 1
        return attempts


@contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    """Set `stop` on SIGTERM and SIGINT, if this is the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def request_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {
        number: signal.signal(number, request_stop) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(slots=True, kw_only=True)
class _RunningAttempt:
    """The state of a running attempt."""

    held: Claim
    deadline: float
    next_look: float
    next_renewal: float
    lease_ends: float
    progress: list[dict[str, Any]] = field(default_factory=list)
    reported: int = 0

    def is_due(self, now: float) -> bool:
        """Return whether to query the row: periodically, and at once for the first progress."""
        return now >= self.next_look or (bool(self.progress) and not self.reported)


class Supervisor:
    """Runner of one job at a time."""

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        *,
        clock: Clock,
        stop: threading.Event,
        worker: WarmWorker,
        lease_seconds: float,
    ) -> None:
        self._handlers = handlers
        self._kinds = frozenset(handlers)
        self._clock = clock
        self._stop = stop
        self._worker = worker
        self._lease_seconds = lease_seconds

    def work_one(self, *, patience: timedelta = NO_PATIENCE) -> bool:
        """Claim a job and run it to its end; return whether there was one."""
        try:
            held = self._claimed(patience)
        except OperationalError:
            log.warning("the database does not answer; trying again")
            return False
        if held is None:
            return False
        self._attempt(held)
        return True

    def _claimed(self, patience: timedelta) -> Claim | None:
        """Claim a job; an idle query takes no writer's lock."""
        with reading() as session:
            now = self._clock.now()
            if not something_waits(session, now=now, kinds=self._kinds, patience=patience):
                return None
        with transaction() as session:
            return claim(
                session,
                now=self._clock.now(),
                kinds=self._kinds,
                lease_seconds=self._lease_seconds,
                patience=patience,
            )

    def _attempt(self, held: Claim) -> None:
        watch = self._watching(held)
        try:
            with reading() as session:
                work = self._handlers[held.kind](session, held)
            complaints, ended = self._worked(watch, work)
            self._concluded(watch, work, ended, complaints)
        except _Lost:
            log.warning("job %s was taken over; what came of it is dropped", held.job_id)
        except _Stopped:
            self._write(watch, lambda session: release(session, held))
        except MilkroundError as answer:
            self._failed(watch, answer.code)
        except OperationalError:
            log.exception("job %s is left to its lease", held.job_id)
        except Exception as accident:  # A job that crashes its handler must not stop the queue.
            log.exception("job %s broke its worker", held.job_id)
            error = f"{type(accident).__name__}: {accident}"
            self._retried(watch, error)

    def _watching(self, held: Claim) -> _RunningAttempt:
        now = time.monotonic()
        return _RunningAttempt(
            held=held,
            deadline=now + held.deadline_seconds,
            next_look=now,
            next_renewal=now + self._lease_seconds / 3,
            lease_ends=now + self._lease_seconds,
        )

    def _worked(self, watch: _RunningAttempt, work: Work) -> tuple[str, Ended]:
        """Run the child to its end, and kill its process group in every case."""
        child = self._worker.child(work.program, work.arguments, stdin=work.stdin)
        try:
            ended = self._watched(watch, child, work)
            return child.complaints(), ended
        finally:
            child.close()

    def _watched(self, watch: _RunningAttempt, child: Child, work: Work) -> Ended:
        while True:
            over = child.is_over()
            self._listen(watch, child, work, wait=0 if over else TICK_SECONDS)
            if over:
                return Ended(how=How.EXITED, code=child.end())
            if self._stop.is_set():
                raise _Stopped
            if time.monotonic() >= watch.deadline:
                return Ended(how=How.OVERDUE)
            if watch.is_due(time.monotonic()) and self._look(watch):
                child.end()
                self._listen(watch, child, work, wait=0)
                return Ended(how=How.CANCELLED)

    def _listen(self, watch: _RunningAttempt, child: Child, work: Work, *, wait: float) -> None:
        for line in child.lines(wait=wait):
            step = work.heard(line)
            if step is not None:
                watch.progress.append(step)

    def _look(self, watch: _RunningAttempt) -> bool:
        """Store the progress, renew the lease, and return whether a cancel is pending.

        An unreachable database is retried for as long as the lease holds.
        """
        now = time.monotonic()
        watch.next_look = now + CALM_SECONDS
        try:
            with reading() as session:
                cancelled = cancel_is_asked(session, job_id=watch.held.job_id)
            self._report(watch, now)
        except OperationalError:
            if time.monotonic() > watch.lease_ends:
                raise _Lost from None
            return False
        return cancelled

    def _report(self, watch: _RunningAttempt, now: float) -> None:
        news = len(watch.progress) > watch.reported
        if not news and now < watch.next_renewal:
            return
        with transaction() as session:
            kept = renew(
                session, watch.held, now=self._clock.now(), lease_seconds=self._lease_seconds
            )
            if kept and news:
                report_progress(session, watch.held, progress=list(watch.progress))
        if not kept:
            raise _Lost
        watch.reported = len(watch.progress)
        watch.next_renewal = now + self._lease_seconds / 3
        watch.lease_ends = now + self._lease_seconds

    def _concluded(self, watch: _RunningAttempt, work: Work, ended: Ended, complaints: str) -> None:
        """Compute the result from a reading, then write it; once more if rows changed between."""
        while True:
            self._retry_while_leased(watch, lambda: self._prepared(work, ended))
            try:
                self._write(
                    watch, lambda session: self._end(session, watch, work, ended, complaints)
                )
            except OutdatedReading:
                continue
            return

    @staticmethod
    def _prepared(work: Work, ended: Ended) -> None:
        with reading() as session:
            work.prepare(session, ended=ended)

    def _end(
        self, session: Session, watch: _RunningAttempt, work: Work, ended: Ended, complaints: str
    ) -> None:
        """Store the result of an attempt, if the fence still holds."""
        held, now = watch.held, self._clock.now()
        if not renew(session, held, now=now, lease_seconds=self._lease_seconds):
            raise _Lost
        if len(watch.progress) > watch.reported:
            report_progress(session, held, progress=list(watch.progress))
        verdict = work.conclude(session, now=now, ended=ended)
        if verdict is None:
            error = complaints or f"the program ended with {ended.code}"
            retry(session, held, now=now, error=error)
            return
        finish(
            session,
            held,
            now=now,
            state=verdict.state,
            result=verdict.result,
            error=verdict.error,
        )

    def _failed(self, watch: _RunningAttempt, code: str) -> None:
        """End a job with a refused result; another attempt would be refused again."""
        verdict = JobOutcome(state=JobState.FAILED, error=code)
        with suppress(MilkroundError):
            self._write(
                watch,
                lambda session: finish(
                    session,
                    watch.held,
                    now=self._clock.now(),
                    state=verdict.state,
                    error=verdict.error,
                ),
            )

    def _retried(self, watch: _RunningAttempt, error: str) -> None:
        self._write(
            watch,
            lambda session: retry(session, watch.held, now=self._clock.now(), error=error),
        )

    def _write(self, watch: _RunningAttempt, act: Callable[[Session], object]) -> None:
        """Write in one transaction."""

        def written() -> None:
            with transaction() as session:
                act(session)

        self._retry_while_leased(watch, written)

    @staticmethod
    def _retry_while_leased(watch: _RunningAttempt, act: Callable[[], None]) -> None:
        """Act; retry an unreachable database while the lease holds."""
        while True:
            try:
                act()
            except OperationalError:
                if time.monotonic() > watch.lease_ends:
                    raise
                time.sleep(TICK_SECONDS)
            else:
                return
