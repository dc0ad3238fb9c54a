"""Timers: suspension of donors without a valid blood test, reminders to donors, forecasts.

Each task of a timer concerns one bank, round or visit and has a transaction of its own. A failed
task is logged, recorded for the page *Morning* and tried again a minute later; the others go on.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from collector.audit.signing import HeadSigner
from collector.banks.policy_changes import apply_change, due_changes
from collector.banks.queries import banks
from collector.clock import Clock
from collector.db import reading, transaction
from collector.dispensary.lists.sealing import recipients_to_seal, seal_due
from collector.donor_contact.loan_reminders import loan_reminders, queue_loan_reminders
from collector.donor_contact.reminders import (
    Reminder,
    evening_reminders,
    near_reminders,
    queue_reminders,
    receipts,
    rounds_on_the_road,
    rounds_tomorrow,
)
from collector.donors.expiry import expired_donors, suspend_expired
from collector.imports.actions import delete_old_files
from collector.imports.queries import has_old_files
from collector.jobs.pulses import beat
from collector.jobs.timer_failures import (
    clear_timer_failures,
    record_timer_failure,
    timer_failures,
)
from collector.laboratory.probes.watch import has_due_alarms, raise_due_alarms
from collector.people.audit_heads import AuditHeads
from collector.planning.dispatch.forecasts import (
    keep_forecasts,
    open_forecasts,
    settle_forecasts,
    unforetold_days,
)
from collector.planning.learning.actions import NightlyLearning
from collector.planning.problem.leg_cache import LegFilling
from collector.privacy.retention import empty_old_problems, has_old_problems
from collector.rounds.phone_places import delete_old_places, has_old_places
from collector.shifts.usual_weeks import lay_out_all, weeks_to_lay_out

SECONDS_BETWEEN_RUNS = 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerTask:
    """One task of a timer.

    Attributes
    ----------
    subject
        The row of the task, as `bank:1` or `round:12`.
    is_due
        Whether the task would write; read-only, so that no lock is taken in vain.
    """

    bank_id: int
    timer: str
    subject: str
    is_due: Callable[[Session], bool]
    run: Callable[[Session], object]


def run_timers(app: Flask, clock: Clock, stop: threading.Event) -> None:
    """Run the timers until told to stop; retry after a minute if the database is away."""
    upkeep = app.extensions["milkround_settings"].upkeep
    heads = AuditHeads(HeadSigner(upkeep.audit_key), mailed=upkeep.heads_are_mailed)
    while not stop.is_set():
        with app.app_context():
            try:
                run_due_tasks(clock.now(), heads)
                record_pulse("timers", clock.now())
            except OperationalError as away:
                log.warning("the timers wait for the database: %s", away.orig)
        stop.wait(SECONDS_BETWEEN_RUNS)


def record_pulse(name: str, now: datetime) -> None:
    """Record that a thread of the worker completed a turn."""
    with transaction() as session:
        beat(session, name, now=now)


def run_due_tasks(now: datetime, heads: AuditHeads | None = None) -> int:
    """Run every due task once, and return the number of tasks that wrote.

    Parameters
    ----------
    heads
        The signing of the audit chains' heads; None leaves it out.
    """
    with reading() as session:
        keys = [bank.id for bank in banks(session)]
    tasks = [task for key in keys for task in _tasks_of(key, now)]
    if heads is not None:
        tasks += [_signed_head(key, now, heads) for key in keys]
    return sum(_run(task, now) for task in tasks)


def _signed_head(bank_id: int, now: datetime, heads: AuditHeads) -> TimerTask:
    return TimerTask(
        bank_id=bank_id,
        timer="audit_head",
        subject=f"audit:{bank_id}",
        is_due=lambda session: heads.is_due(session, now=now, bank_id=bank_id),
        run=lambda session: heads.sign(session, now=now, bank_id=bank_id),
    )


@dataclass(frozen=True, slots=True)
class BankTimer:
    """Work of every bank that one query finds and one action does.

    Attributes
    ----------
    subject
        The kind of the subject; its number is the bank's.
    finds
        Returns what is due; the work is due if that is true.
    """

    timer: str
    subject: str
    finds: Callable[..., object]
    acts: Callable[..., object]

    def task(self, bank_id: int, now: datetime) -> TimerTask:
        """Return the work of one bank."""
        return TimerTask(
            bank_id=bank_id,
            timer=self.timer,
            subject=f"{self.subject}:{bank_id}",
            is_due=lambda session: bool(self.finds(session, now=now, bank_id=bank_id)),
            run=lambda session: self.acts(session, now=now, bank_id=bank_id),
        )


SEROLOGY_EXPIRY = BankTimer("serology_expiry", "bank", expired_donors, suspend_expired)
BANK_TIMERS = (
    SEROLOGY_EXPIRY,
    BankTimer("import_deletion", "imports", has_old_files, delete_old_files),
    BankTimer("usual_weeks", "roster", weeks_to_lay_out, lay_out_all),
    BankTimer("loan_reminders", "loans", loan_reminders, queue_loan_reminders),
    BankTimer("problem_deletion", "problems", has_old_problems, empty_old_problems),
    BankTimer("storage_alarms", "storage", has_due_alarms, raise_due_alarms),
    BankTimer("place_deletion", "places", has_old_places, delete_old_places),
    BankTimer("identity_sealing", "recipients", recipients_to_seal, seal_due),
)
"""The work of every bank, in its order. A new kind of work that one query finds is a line here."""


def _tasks_of(bank_id: int, now: datetime) -> list[TimerTask]:
    try:
        with reading() as session:
            return [
                *_policy_changes(session, bank_id, now),
                *(each.task(bank_id, now) for each in BANK_TIMERS),
                *_forecasts(session, bank_id, now),
                _legs(bank_id),
                _learning(bank_id, now),
                *_reminders(session, bank_id, now),
            ]
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - one bank must not stop the others
        _record(error, now, bank_id=bank_id, timer="tasks", subject=f"bank:{bank_id}")
        return [SEROLOGY_EXPIRY.task(bank_id, now)]


def _policy_changes(session: Session, bank_id: int, now: datetime) -> Iterator[TimerTask]:
    for change in due_changes(session, now=now, bank_id=bank_id):
        yield TimerTask(
            bank_id=bank_id,
            timer="policy_change",
            subject=f"policy:{change.key}",
            is_due=lambda _: True,
            run=partial(apply_change, now=now, bank_id=bank_id, change_id=change.id),
        )


def _forecasts(session: Session, bank_id: int, now: datetime) -> Iterator[TimerTask]:
    for day in unforetold_days(session, bank_id=bank_id, now=now):
        yield TimerTask(
            bank_id=bank_id,
            timer="forecast",
            subject=f"day:{day}",
            is_due=lambda _: True,
            run=partial(keep_forecasts, now=now, bank_id=bank_id, day=day),
        )
    for key in open_forecasts(session, bank_id=bank_id, now=now):
        yield TimerTask(
            bank_id=bank_id,
            timer="forecast_outcome",
            subject=f"round:{key}",
            is_due=lambda _: True,
            run=partial(settle_forecasts, now=now, bank_id=bank_id, round_id=key),
        )


def _learning(bank_id: int, now: datetime) -> TimerTask:
    learning = NightlyLearning(bank_id=bank_id, now=now)
    return TimerTask(
        bank_id=bank_id,
        timer="learning",
        subject=f"bank:{bank_id}",
        is_due=learning.is_due,
        run=learning.run,
    )


def _legs(bank_id: int) -> TimerTask:
    filling = LegFilling(bank_id=bank_id)
    return TimerTask(
        bank_id=bank_id,
        timer="legs",
        subject=f"legs:{bank_id}",
        is_due=filling.is_due,
        run=filling.run,
    )


def _reminders(session: Session, bank_id: int, now: datetime) -> Iterator[TimerTask]:
    for key in rounds_tomorrow(session, bank_id=bank_id, now=now):
        find = partial(evening_reminders, round_id=key, now=now)
        yield _reminder_task(bank_id, "evening_reminder", f"round:{key}", find, now)
    for key in rounds_on_the_road(session, bank_id=bank_id):
        find = partial(near_reminders, round_id=key, now=now)
        yield _reminder_task(bank_id, "near_reminder", f"round:{key}", find, now)
    find = partial(receipts, bank_id=bank_id, now=now)
    yield _reminder_task(bank_id, "receipt", f"bank:{bank_id}", find, now)


def _reminder_task(
    bank_id: int,
    timer: str,
    subject: str,
    find: Callable[[Session], list[Reminder]],
    now: datetime,
) -> TimerTask:
    return TimerTask(
        bank_id=bank_id,
        timer=timer,
        subject=subject,
        is_due=lambda session: bool(find(session)),
        run=lambda session: queue_reminders(session, find(session), now=now),
    )


def _run(task: TimerTask, now: datetime) -> bool:
    """Run a task if it is due; return whether it wrote."""
    try:
        with reading() as session:
            due = task.is_due(session)
            failed = {each.subject for each in timer_failures(session, bank_id=task.bank_id)}
        if due:
            with transaction() as session:
                task.run(session)
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - one task must not stop the others
        _record(error, now, bank_id=task.bank_id, timer=task.timer, subject=task.subject)
        return False
    if task.subject in failed:
        with transaction() as session:
            clear_timer_failures(
                session, bank_id=task.bank_id, timer=task.timer, subjects=[task.subject]
            )
    return due


def _record(error: Exception, now: datetime, *, bank_id: int, timer: str, subject: str) -> None:
    log.error("the timer %s failed for %s of bank %s", timer, subject, bank_id, exc_info=error)
    with transaction() as session:
        record_timer_failure(
            session, now=now, bank_id=bank_id, timer=timer, subject=subject, error=error
        )
