"""Queue of one process for the writer lock of SQLite.

SQLite has one writer. A thread that waits for it serves no page. If the lock stays with another
writer, a few threads of a process wait for `PATIENCE_SECONDS`; the next ones give up, and serve
pages.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

PATIENCE_SECONDS = 5.0
"""Longest wait of a writer for the lock, within its process and among processes together."""
PATIENT_WRITERS = 3
"""Writers of one process that wait so long, of its eight threads (`collector.server`)."""
STALL_SECONDS = 1.0
"""Time without a change of turns after which any further writer gives up."""

LOCKED = "database is locked"


class WriterQueue:
    """Turns of the writers of one process."""

    def __init__(
        self, *, patience: float = PATIENCE_SECONDS, patient: int = PATIENT_WRITERS
    ) -> None:
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._patience = patience
        self._patient = patient
        self._waiting = 0
        self._changed_at = time.monotonic()

    @property
    def waiting(self) -> int:
        """The number of writers without the lock."""
        return self._waiting

    @contextmanager
    def turn(self) -> Iterator["Wait"]:
        """Hold the turn of this process during the block.

        Yields
        ------
        Wait
            The rest of the time to wait for writers of other processes; call `end` once the lock
            is taken.

        Raises
        ------
        OperationalError
            The time is over: `database is locked`, as SQLite would answer.
        """
        with self._counting:
            if self._waiting == 0:
                self._changed_at = time.monotonic()
            hasty = self._waiting >= self._patient
            self._waiting += 1
        wait = Wait(self, self._patience)
        try:
            self._take(wait, hasty=hasty)
            try:
                yield wait
            finally:
                self._changed_at = time.monotonic()
                self._turn.release()
        finally:
            wait.end()

    def _take(self, wait: "Wait", *, hasty: bool) -> None:
        while True:
            still = STALL_SECONDS - (time.monotonic() - self._changed_at)
            patience = min(wait.seconds_left, max(0.0, still)) if hasty else wait.seconds_left
            if self._turn.acquire(timeout=patience):
                return
            stalled = time.monotonic() - self._changed_at >= STALL_SECONDS
            if wait.seconds_left == 0 or (hasty and stalled):
                raise OperationalError("BEGIN IMMEDIATE", {}, RuntimeError(LOCKED))

    def leave(self) -> None:
        """Count one waiting writer less."""
        with self._counting:
            self._waiting -= 1


class Wait:
    """The wait of one writer."""

    def __init__(self, queue: WriterQueue, seconds: float) -> None:
        self._queue = queue
        self._limit = time.monotonic() + seconds
        self._ended = False

    @property
    def seconds_left(self) -> float:
        """The rest of the wait."""
        return max(0.0, self._limit - time.monotonic())

    def end(self) -> None:
        """End the wait: the lock is taken, or given up."""
        if not self._ended:
            self._ended = True
            self._queue.leave()


def is_locked(error: OperationalError) -> bool:
    """Return whether a writer gave up its wait for the lock of SQLite."""
    return LOCKED in str(error.orig)
