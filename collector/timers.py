"""Timers: suspension of donors without a valid blood test, reminders to donors."""

import logging
import threading

from flask import Flask
from sqlalchemy.exc import OperationalError

from collector.clock import Clock
from collector.db import reading, transaction
from collector.donor_contact.reminders import queue_reminders
from collector.donors.expiry import expired_donors, suspend_expired

LOOK_SECONDS = 60.0

log = logging.getLogger(__name__)


def run_timers(app: Flask, clock: Clock, stop: threading.Event) -> None:
    """Run the timers until told to stop; retry after a minute if the database is away."""
    while not stop.is_set():
        with app.app_context():
            try:
                tick(clock)
                remind(clock)
            except OperationalError as away:
                log.warning("the timers wait for the database: %s", away.orig)
        stop.wait(LOOK_SECONDS)


def tick(clock: Clock) -> int:
    """Run the due timers, and return the number of donors concerned.

    The writer's lock is taken only if a timer is due.
    """
    with reading() as session:
        if not expired_donors(session, now=clock.now()):
            return 0
    with transaction() as session:
        count = suspend_expired(session, now=clock.now())
    log.info("blood tests lapsed: %s donors suspended", count)
    return count


def remind(clock: Clock) -> None:
    """Enqueue the messages due by now: the evening before, half an hour ahead, the receipt."""
    with transaction() as session:
        queue_reminders(session, now=clock.now())
