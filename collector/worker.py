"""The worker: job supervisor, message delivery and timers."""

import logging
import threading
from collections.abc import Mapping

from flask import Flask
from sqlalchemy.exc import OperationalError

from collector.clock import Clock
from collector.db import reading, transaction
from collector.jobs.supervisor import run_once, run_supervisor
from collector.jobs.work import Handler
from collector.notices.delivery import deliver
from collector.notices.transports import sender_for
from collector.planning.dispatch.disruptions import PROPOSE
from collector.planning.dispatch.jobs import propose
from collector.planning.horizon.jobs import plan_weeks
from collector.planning.horizon.problem import PLAN_WEEKS
from collector.planning.optimise.actions import PLAN_DAY
from collector.planning.optimise.jobs import LOADED_PLANNER, plan_day
from collector.timers import keep_time
from collector.web.message_rendering import write

HANDLERS: Mapping[str, Handler] = {
    PLAN_DAY: plan_day,
    PLAN_WEEKS: plan_weeks,
    PROPOSE: propose,
}
LOOK_SECONDS = 1.0

log = logging.getLogger(__name__)


def work_for_ever(app: Flask, clock: Clock) -> None:
    """Run the queue, the outbox and the timers until a signal to stop."""
    stop = threading.Event()
    postman = threading.Thread(target=_carry, args=(app, clock, stop), name="postman")
    postman.start()
    timer = threading.Thread(target=keep_time, args=(app, clock, stop), name="timer")
    timer.start()
    try:
        run_supervisor(HANDLERS, clock=clock, enter=app.app_context, warm=LOADED_PLANNER, stop=stop)
    finally:
        stop.set()
        postman.join()
        timer.join()


def work_until_idle(app: Flask, clock: Clock) -> None:
    """Run the queue until it is empty."""
    run_once(HANDLERS, clock=clock, enter=app.app_context)


def _carry(app: Flask, clock: Clock, stop: threading.Event) -> None:
    """Deliver the outbox repeatedly; retry after a second if the database is away."""
    sender = sender_for(app.extensions["milkround_settings"])
    while not stop.wait(LOOK_SECONDS):
        with app.app_context():
            try:
                deliver(
                    transaction,
                    reading=reading,
                    write=lambda session, notice: write(session, notice, now=clock.now()),
                    sender=sender,
                    now=clock.now,
                )
            except OperationalError as away:
                log.warning("the outbox waits for the database: %s", away.orig)
