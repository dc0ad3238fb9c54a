"""The worker: job supervisor, message delivery and timers."""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from flask import Flask
from sqlalchemy.exc import OperationalError

from collector.applications.delivery import deliver_webhooks
from collector.applications.posting import HttpPoster
from collector.clock import Clock
from collector.db import reading, transaction
from collector.jobs.supervisor import run_once, run_supervisor
from collector.jobs.work import Handler
from collector.maintenance_timer import run_maintenance
from collector.notices.delivery import deliver_notices
from collector.notices.transports import transport_for
from collector.people.vault import Vault
from collector.planning.dispatch.disruptions import PROPOSE
from collector.planning.dispatch.jobs import propose
from collector.planning.horizon.actions import PLAN_WEEKS
from collector.planning.horizon.jobs import plan_weeks
from collector.planning.optimise.actions import PLAN_DAY
from collector.planning.optimise.jobs import LOADED_PLANNER, plan_day
from collector.planning.optimise.rule_prices import PRICE_RULES, price_rules
from collector.rounds.leave_calendars import look_at_calendars
from collector.timers import record_pulse, run_timers
from collector.web.message_rendering import render_notice

HANDLERS: Mapping[str, Handler] = {
    PLAN_DAY: plan_day,
    PLAN_WEEKS: plan_weeks,
    PRICE_RULES: price_rules,
    PROPOSE: propose,
}
LOOK_SECONDS = 1.0
CALENDAR_SECONDS = 60.0
BEAT_EVERY = timedelta(minutes=1)
"""Interval of the delivery's pulse."""

log = logging.getLogger(__name__)


class ThreadDiedError(RuntimeError):
    """A thread of the worker died; the process ends, so that its supervisor restarts it."""


def work_for_ever(app: Flask, clock: Clock) -> None:
    """Run the queue, the outbox and the timers until a signal to stop.

    Raises
    ------
    ThreadDiedError
        A thread ended by an error.
    """
    stop, dead = threading.Event(), list[str]()
    threads = [
        _start("delivery", partial(_deliver, app, clock, stop), stop, dead),
        _start("webhooks", partial(_post, app, clock, stop), stop, dead),
        _start("calendars", partial(_follow_calendars, app, clock, stop), stop, dead),
        _start("timers", partial(run_timers, app, clock, stop), stop, dead),
        _start("maintenance", partial(run_maintenance, app, clock, stop), stop, dead),
    ]
    try:
        run_supervisor(HANDLERS, clock=clock, enter=app.app_context, warm=LOADED_PLANNER, stop=stop)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    if dead:
        raise ThreadDiedError(f"the thread {dead[0]} of the worker died; see the log")


def work_until_idle(app: Flask, clock: Clock) -> None:
    """Run the queue until it is empty."""
    run_once(HANDLERS, clock=clock, enter=app.app_context)


def _start(
    name: str, work: Callable[[], None], stop: threading.Event, dead: list[str]
) -> threading.Thread:
    """Start a thread; its death stops the whole worker."""

    def run() -> None:
        try:
            work()
        except Exception:
            log.exception("the thread %s died; the worker ends", name)
            dead.append(name)
            stop.set()

    thread = threading.Thread(target=run, name=name)
    thread.start()
    return thread


def _deliver(app: Flask, clock: Clock, stop: threading.Event) -> None:
    """Deliver the outbox repeatedly; retry after a second if the database is away."""
    sender = transport_for(app.extensions["milkround_settings"])
    next_beat = clock.now()
    while not stop.wait(LOOK_SECONDS):
        with app.app_context():
            try:
                if clock.now() >= next_beat:
                    next_beat = clock.now() + BEAT_EVERY
                    record_pulse("delivery", clock.now())
                deliver_notices(
                    transaction,
                    reading=reading,
                    write=lambda session, notice: render_notice(session, notice, now=clock.now()),
                    sender=sender,
                    now=clock.now,
                )
            except OperationalError as away:
                log.warning("the outbox waits for the database: %s", away.orig)


def _follow_calendars(app: Flask, clock: Clock, stop: threading.Event) -> None:
    """Look at the due calendars of leave every minute."""
    settings = app.extensions["milkround_settings"]
    fetcher, vault = HttpPoster(settings.webhook_networks), Vault(settings.secret_key)
    while not stop.wait(CALENDAR_SECONDS):
        with app.app_context():
            try:
                look_at_calendars(
                    transaction, reading=reading, fetcher=fetcher, vault=vault, now=clock.now
                )
            except OperationalError as away:
                log.warning("the calendars of leave wait for the database: %s", away.orig)


def _post(app: Flask, clock: Clock, stop: threading.Event) -> None:
    """Post the events of webhooks repeatedly; retry after a second if the database is away."""
    settings = app.extensions["milkround_settings"]
    poster, vault = HttpPoster(settings.webhook_networks), Vault(settings.secret_key)
    while not stop.wait(LOOK_SECONDS):
        with app.app_context():
            try:
                deliver_webhooks(
                    transaction, reading=reading, poster=poster, vault=vault, now=clock.now
                )
            except OperationalError as away:
                log.warning("the webhooks wait for the database: %s", away.orig)
