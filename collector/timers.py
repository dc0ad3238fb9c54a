"""What happens because time passes: lapsed blood tests suspend, and donors are reminded."""

import logging
import threading

from flask import Flask
from sqlalchemy.exc import OperationalError

from collector.clock import Clock
from collector.db import reading, transaction
from collector.donor_contact.reminders import owe_reminders
from collector.donors.expiry import lapsed, suspend_lapsed

LOOK_SECONDS = 60.0

log = logging.getLogger(__name__)


def keep_time(app: Flask, clock: Clock, stop: threading.Event) -> None:
    """Look again and again until told to stop; a database that is away is asked a minute later."""
    while not stop.is_set():
        with app.app_context():
            try:
                tick(clock)
                remind(clock)
            except OperationalError as away:
                log.warning("the timers wait for the database: %s", away.orig)
        stop.wait(LOOK_SECONDS)


def tick(clock: Clock) -> int:
    """Do what is due, and return to how many donors; the writer's lock is taken only if any is."""
    with reading() as session:
        if not lapsed(session, now=clock.now()):
            return 0
    with transaction() as session:
        count = suspend_lapsed(session, now=clock.now())
    log.info("blood tests lapsed: %s donors suspended", count)
    return count


def remind(clock: Clock) -> None:
    """Owe what the hour makes due: the evening before, half an hour ahead, the receipt."""
    with transaction() as session:
        owe_reminders(session, now=clock.now())
