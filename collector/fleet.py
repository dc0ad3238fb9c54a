"""A worker of a fleet: a Celery consumer of announcements, and looks at the database beside it.

    python -m collector.fleet PROCESSES

The command is the consumer, started by `work_in_fleet`. The looks need no broker: they run jobs
whose announcement was lost, jobs of killed workers, and every job while the broker is away.
"""

import logging
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Flask
from sqlalchemy.exc import OperationalError

from collector import migrations
from collector.app import create_app
from collector.broker_settings import Broker
from collector.clock import Clock, SystemClock
from collector.db import db
from collector.installation import settings
from collector.jobs.celery_queue import (
    TASK,
    Announcement,
    BrokerTrouble,
    broker_trouble,
    celery_of,
    installation_of,
    refusal,
    trouble_sentence,
)
from collector.jobs.parent_death import tied
from collector.jobs.supervisor import LEASE_SECONDS, Supervisor, run_supervisor
from collector.jobs.warm_worker import WarmWorker
from collector.logs import configure_logs
from collector.planning.optimise.jobs import LOADED_PLANNER
from collector.worker import HANDLERS

if TYPE_CHECKING:
    from celery import Celery

PATIENCE = timedelta(seconds=3)
"""The time for which a look leaves a job to an announced worker."""
LOOK_SECONDS = 0.5
WATCH_SECONDS = 2.0
"""Seconds between two checks of the consumer, and of an absent broker."""
STOP_SECONDS = 20.0
"""Seconds for the jobs of a stopping consumer; then it is killed, and their leases expire."""
SCHEMA_SECONDS = 10.0
"""Seconds between two checks that the database has the schema of this version."""
BUSY_SECONDS = 60.0
"""Seconds after which a woken worker begins no further job; RabbitMQ waits 30 minutes at most."""

log = logging.getLogger(__name__)


def work_in_fleet(app: Flask, clock: Clock, broker: Broker, *, processes: int) -> None:
    """Run announced jobs, and look at the database for others, until a signal to stop."""
    stop = threading.Event()
    consumer = ConsumerProcess(broker, processes=processes, stop=stop)
    thread = threading.Thread(target=consumer.keep, name="consumer")
    thread.start()
    schema = SchemaWatch()
    try:
        run_supervisor(
            HANDLERS,
            clock=clock,
            enter=app.app_context,
            stop=stop,
            poll_seconds=LOOK_SECONDS,
            patience=lambda: PATIENCE if consumer.is_running else timedelta(0),
            may_work=schema.is_ours,
        )
    finally:
        stop.set()
        thread.join()


class ConsumerProcess:
    """The Celery consumer, started whenever the broker can be used and none runs."""

    def __init__(self, broker: Broker, *, processes: int, stop: threading.Event) -> None:
        self._broker = broker
        self._processes = processes
        self._stop = stop
        self._process: subprocess.Popen[bytes] | None = None
        self._told: BrokerTrouble | None = None

    @property
    def is_running(self) -> bool:
        """Whether the consumer lives; with an absent broker it may wait for its return."""
        return self._process is not None and self._process.poll() is None

    def keep(self) -> None:
        """Keep the consumer running until the stop; the thread of this call must live as long."""
        while not self._stop.is_set():
            if not self.is_running and self._is_usable():
                command = [sys.executable, "-m", "collector.fleet", str(self._processes)]
                self._process = subprocess.Popen(tied(command))  # noqa: S603 - our own program
            self._stop.wait(WATCH_SECONDS)
        if self._process is not None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
            self._process.kill()
            self._process.wait()

    def _is_usable(self) -> bool:
        """Return whether the broker can be used; log each new reason once."""
        trouble = broker_trouble(self._broker)
        if trouble is not None and trouble is not self._told:
            sentence = trouble_sentence(self._broker, trouble)
            log.warning("broker: %s Planning goes on through the database.", sentence)
        self._told = trouble
        return trouble is None


class SchemaWatch:
    """Check that an upgrade has not left this worker behind."""

    def __init__(self) -> None:
        self._next = 0.0
        self._is_ours = True

    def is_ours(self) -> bool:
        """Return whether the database has this version's schema; log a refusal once."""
        if time.monotonic() < self._next:
            return self._is_ours
        self._next = time.monotonic() + SCHEMA_SECONDS
        try:
            current = migrations.is_current(db.engine)
        except OperationalError:
            return self._is_ours
        if self._is_ours and not current:
            log.error("The database was migrated by another version: upgrade this worker.")
        self._is_ours = current
        return current


class AnnouncedWork:
    """The supervisor of a process of the consumer, made at its first announcement."""

    def __init__(self, app: Flask, installation: str) -> None:
        self._app = app
        self._installation = installation
        self._supervisor: Supervisor | None = None

    def work(self, announcement: Announcement) -> str | None:
        """Run waiting jobs for at most a minute of beginnings; return a refusal, if any."""
        refused = refusal(announcement, installation=self._installation)
        if refused is not None:
            log.error("announcement refused: %s", refused)
            return refused
        if self._supervisor is None:
            self._supervisor = Supervisor(
                HANDLERS,
                clock=SystemClock(),
                stop=threading.Event(),
                worker=WarmWorker(LOADED_PLANNER),
                lease_seconds=LEASE_SECONDS,
            )
        last = time.monotonic() + BUSY_SECONDS
        with self._app.app_context():
            while self._supervisor.work_one() and time.monotonic() < last:
                pass
        return None


def consumer_of(app: Flask, broker: Broker) -> "Celery":
    """Return the Celery application of the consumer, with its one task."""
    with app.app_context():
        installation = installation_of(db.engine)
        db.engine.dispose()  # the consumer forks: its processes must not share a connection
    celery, announced = celery_of(broker, installation), AnnouncedWork(app, installation)

    def work(**message: Any) -> None:  # noqa: ANN401 - a message of any version
        announced.work(Announcement(**message))

    celery.task(name=TASK)(work)
    return celery


def main() -> None:
    """Consume announcements until a signal to stop."""
    from celery.signals import setup_logging  # noqa: PLC0415 - an extra

    present = settings()
    if present.broker is None:
        raise SystemExit("MILKROUND_BROKER_URL is not set.")
    configure_logs(present.upkeep.logs)

    def keep_our_logs(**_ignored: object) -> None:
        """Leave the log as it is: Celery configures none if the signal has a receiver."""

    setup_logging.connect(keep_our_logs)
    celery = consumer_of(create_app(present), present.broker)
    options = ["--pool=prefork", f"--concurrency={sys.argv[1]}", "--without-gossip"]
    celery.worker_main(["worker", *options, "--without-mingle", "--without-heartbeat"])


if __name__ == "__main__":
    main()
