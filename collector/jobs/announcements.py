"""Announcements of queued jobs to workers on other machines, after the commit.

The row is the truth. An announcement only wakes a worker, so a lost one delays a job and loses
nothing: the workers look at the database too.
"""

import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from collector.db import after_commit

MOST_WAITING = 1_000
"""Announcements that wait for an absent broker; further ones are dropped."""
SILENT_SECONDS = 60.0
"""Seconds between two log lines about an absent broker."""

log = logging.getLogger(__name__)


class BrokerAwayError(Exception):
    """The broker does not take a message; the text is a sentence for an operator."""


class Announcer:
    """A thread that sends announcements, so that no request waits for the broker.

    Parameters
    ----------
    send
        Announces the job with an id, or raises `BrokerAwayError`.
    """

    def __init__(self, send: Callable[[int], None]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._process = 0
        self._waiting: queue.Queue[int] = queue.Queue()
        self._next_complaint = 0.0

    def announce(self, job_id: int) -> None:
        """Announce a job soon; return at once."""
        with self._lock:
            # The web server forks: each of its processes needs a thread of its own.
            if self._process != os.getpid():
                self._process = os.getpid()
                self._waiting = queue.Queue(MOST_WAITING)
                threading.Thread(target=self._work, name="announcements", daemon=True).start()
        try:
            self._waiting.put_nowait(job_id)
        except queue.Full:
            log.warning("job %s is not announced: the broker has been away for long", job_id)

    def _work(self) -> None:
        while True:
            job_id = self._waiting.get()
            try:
                self._send(job_id)
            except BrokerAwayError as away:
                if time.monotonic() >= self._next_complaint:
                    self._next_complaint = time.monotonic() + SILENT_SECONDS
                    log.warning("job %s waits for a look at the database: %s", job_id, away)
            except Exception:
                log.exception("job %s is not announced; it waits in the database", job_id)


_announcers: WeakKeyDictionary[Engine, Announcer] = WeakKeyDictionary()


def announce_jobs_of(engine: Engine, announcer: Announcer) -> None:
    """Announce the jobs that are committed to a database from now on."""
    _announcers[engine] = announcer


def announce(session: Session, job_id: int) -> None:
    """Announce a job once its transaction is committed, if the database has an announcer."""
    bind = session.get_bind()
    announcer = _announcers.get(bind) if isinstance(bind, Engine) else None
    if announcer is not None:
        after_commit(session, partial(announcer.announce, job_id))
