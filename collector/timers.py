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


def _tasks_of(bank_id: int, now: datetime) -> list[TimerTask]:
    try:
        with reading() as session:
            return [
                _expiry(bank_id, now),
                _old_imports(bank_id, now),
                *_policy_changes(session, bank_id, now),
                *_forecasts(session, bank_id, now),
                _usual_weeks(bank_id, now),
                _loan_reminders(bank_id, now),
                _old_problems(bank_id, now),
                _storage_alarms(bank_id, now),
                _old_places(bank_id, now),
                _sealing(bank_id, now),
                _legs(bank_id),
                _learning(bank_id, now),
                *_reminders(session, bank_id, now),
            ]
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - one bank must not stop the others
        _record(error, now, bank_id=bank_id, timer="tasks", subject=f"bank:{bank_id}")
        return [_expiry(bank_id, now)]


def _expiry(bank_id: int, now: datetime) -> TimerTask:
    return TimerTask(
        bank_id=bank_id,
        timer="serology_expiry",
        subject=f"bank:{bank_id}",
        is_due=lambda session: bool(expired_donors(session, now=now, bank_id=bank_id)),
        run=lambda session: suspend_expired(session, now=now, bank_id=bank_id),
    )


def _policy_changes(session: Session, bank_id: int, now: datetime) -> Iterator[TimerTask]:
    for change in due_changes(session, now=now, bank_id=bank_id):
        yield TimerTask(
            bank_id=bank_id,
            timer="policy_change",
            subject=f"policy:{change.key}",
            is_due=lambda _: True,
            run=partial(apply_change, now=now, bank_id=bank_id, change_id=change.id),
        )


def _usual_weeks(bank_id: int, now: datetime) -> TimerTask:
    return TimerTask(
        bank_id=bank_id,
        timer="usual_weeks",
        subject=f"roster:{bank_id}",
        is_due=lambda session: bool(weeks_to_lay_out(session, now=now, bank_id=bank_id)),
        run=lambda session: lay_out_all(session, now=now, bank_id=bank_id),
    )


def _old_imports(bank_id: int, now: datetime) -> TimerTask:
    return TimerTask(
        bank_id=bank_id,
        timer="import_deletion",
        subject=f"imports:{bank_id}",
        is_due=lambda session: has_old_files(session, now=now, bank_id=bank_id),
        run=lambda session: delete_old_files(session, now=now, bank_id=bank_id),
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


def _sealing(bank_id: int, now: datetime) -> TimerTask:
    return TimerTask(
        bank_id=bank_id,
        timer="identity_sealing",
        subject=f"recipients:{bank_id}",
        is_due=lambda session: bool(recipients_to_seal(session, now=now, bank_id=bank_id)),
        run=lambda session: seal_due(session, now=now, bank_id=bank_id),
    )


def _storage_alarms(bank_id: int, now: datetime) -> TimerTask:
    return TimerTask(
        bank_id=bank_id,
        timer="storage_alarms",
        subject=f"storage:{bank_id}",
        is_due=lambda session: has_due_alarms(session, now=now, bank_id=bank_id),
        run=lambda session: raise_due_alarms(session, now=now, bank_id=bank_id),
    )


def _loan_reminders(bank_id: int, now: datetime) -> TimerTask:
    return TimerTask(
        bank_id=bank_id,
        timer="loan_reminders",
        subject=f"loans:{bank_id}",
        is_due=lambda session: bool(loan_reminders(session, now=now, bank_id=bank_id)),
        run=lambda session: queue_loan_reminders(session, now=now, bank_id=bank_id),
    )


def _old_problems(bank_id: int, now: datetime) -> TimerTask:
    return TimerTask(
        bank_id=bank_id,
        timer="problem_deletion",
        subject=f"problems:{bank_id}",
        is_due=lambda session: has_old_problems(session, now=now, bank_id=bank_id),
        run=lambda session: empty_old_problems(session, now=now, bank_id=bank_id),
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


def _old_places(bank_id: int, now: datetime) -> TimerTask:
    return TimerTask(
        bank_id=bank_id,
        timer="place_deletion",
        subject=f"places:{bank_id}",
        is_due=lambda session: has_old_places(session, now=now, bank_id=bank_id),
        run=lambda session: delete_old_places(session, now=now, bank_id=bank_id),
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
