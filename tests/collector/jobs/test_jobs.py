"""A job's row: claims, leases, fences, cancels, and what a worker that was fenced out may do."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from collector.db import transaction
from collector.errors import Conflict, NotFound, Refused
from collector.jobs.actions import (
    Claim,
    ask_cancel,
    claim,
    enqueue,
    finish,
    release,
    renew,
    report_progress,
    retry,
    run_again,
)
from collector.jobs.models import Job, JobState
from collector.jobs.queries import cancel_is_asked, get_job, something_waits
from tests.builders import MORNING
from tests.town import Town

pytestmark = pytest.mark.twin

KINDS = frozenset({"count"})
LEASE = 10
SECOND = timedelta(seconds=1)


@pytest.fixture
def job(app: Flask, town: Town) -> Job:
    with app.app_context(), transaction() as session:
        return asked(session, town.bank)


def asked(session: Session, bank_id: int, *, kind: str = "count", most_attempts: int = 3) -> Job:
    return enqueue(
        session,
        now=MORNING,
        bank_id=bank_id,
        kind=kind,
        payload={"to": 3},
        asked_by="person:1",
        deadline_seconds=60,
        most_attempts=most_attempts,
    )


def taken(session: Session, *, now: datetime = MORNING) -> Claim:
    held = claim(session, now=now, kinds=KINDS, lease_seconds=LEASE)
    assert held is not None
    return held


def test_the_oldest_job_is_claimed_first_and_only_once(app: Flask, town: Town, job: Job):
    with app.app_context(), transaction() as session:
        second = asked(session, town.bank)
        assert [taken(session).job_id, taken(session).job_id] == [job.id, second.id]
        assert claim(session, now=MORNING, kinds=KINDS, lease_seconds=LEASE) is None


def test_a_kind_without_a_handler_here_is_left_for_others(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        asked(session, town.bank, kind="letters")
        assert not something_waits(session, now=MORNING, kinds=KINDS)
        assert claim(session, now=MORNING, kinds=KINDS, lease_seconds=LEASE) is None


def test_a_lease_is_the_workers_up_to_its_last_instant(app: Flask, job: Job):
    end = MORNING + timedelta(seconds=LEASE)
    with app.app_context(), transaction() as session:
        taken(session)
        assert not something_waits(session, now=end, kinds=KINDS)
        assert claim(session, now=end, kinds=KINDS, lease_seconds=LEASE) is None
        after = end + timedelta(microseconds=1)
        assert something_waits(session, now=after, kinds=KINDS)
        assert taken(session, now=after).job_id == job.id


def test_a_renewed_lease_lasts_longer(app: Flask, job: Job):
    with app.app_context(), transaction() as session:
        held = taken(session)
        assert renew(session, held, now=MORNING + 9 * SECOND, lease_seconds=LEASE)
        late = MORNING + 15 * SECOND
        assert claim(session, now=late, kinds=KINDS, lease_seconds=LEASE) is None
        assert held.job_id == job.id


def test_whoever_was_fenced_out_can_write_nothing(app: Flask, town: Town, job: Job):
    with app.app_context(), transaction() as session:
        slow = taken(session)
        quick = taken(session, now=MORNING + 11 * SECOND)
        assert quick.fence > slow.fence
        assert not renew(session, slow, now=MORNING, lease_seconds=LEASE)
        assert not report_progress(session, slow, progress=[{"cost": 1}])
        assert not release(session, slow)
        assert not retry(session, slow, now=MORNING, error="late")
        with pytest.raises(Conflict, match="job_taken_over"):
            finish(session, slow, now=MORNING, state=JobState.DONE, result={"late": True})
        finish(session, quick, now=MORNING, state=JobState.DONE, result={"late": False})
        session.expire_all()
        assert get_job(session, bank_id=town.bank, job_id=job.id).result == {"late": False}


def test_a_result_is_not_written_twice(app: Flask, job: Job):
    with app.app_context(), transaction() as session:
        held = taken(session)
        finish(session, held, now=MORNING, state=JobState.DONE, result={"n": 1})
        with pytest.raises(Conflict, match=f"job={job.id}"):
            finish(session, held, now=MORNING, state=JobState.DONE, result={"n": 2})


def test_a_job_that_kills_its_workers_is_dead_after_its_last_attempt(app: Flask, job: Job):
    with app.app_context(), transaction() as session:
        for _ in range(3):
            retry(session, taken(session), now=MORNING, error="signal 9")
        session.expire_all()
        dead = session.get_one(Job, job.id)
        assert (dead.state, dead.attempts, dead.error) == (JobState.DEAD, 3, "signal 9")
        assert not something_waits(session, now=MORNING, kinds=KINDS)


def test_a_job_whose_workers_vanish_is_dead_after_its_last_attempt(app: Flask, job: Job):
    now = MORNING
    with app.app_context(), transaction() as session:
        for _ in range(3):
            taken(session, now=now)
            now += 11 * SECOND
        assert claim(session, now=now, kinds=KINDS, lease_seconds=LEASE) is None
        session.expire_all()
        dead = session.get_one(Job, job.id)
        assert (dead.state, dead.error, dead.ended_at) == (JobState.DEAD, "worker_vanished", now)


def test_a_dead_job_can_be_run_again_and_its_fence_goes_on_rising(app: Flask, town: Town, job: Job):
    with app.app_context(), transaction() as session:
        held = taken(session)
        with pytest.raises(Refused, match="job_not_ended"):
            run_again(session, now=MORNING, bank_id=town.bank, job_id=job.id, asked_by="person:2")
        finish(session, held, now=MORNING, state=JobState.DEAD, error="poison")
        again = run_again(
            session, now=MORNING, bank_id=town.bank, job_id=job.id, asked_by="person:2"
        )
        assert (again.state, again.attempts, again.error) == (JobState.QUEUED, 0, None)
        assert taken(session).fence > held.fence


def test_what_waits_is_cancelled_at_once_and_what_runs_is_told(app: Flask, town: Town, job: Job):
    with app.app_context(), transaction() as session:
        second = asked(session, town.bank)
        held = taken(session)
        running = ask_cancel(session, now=MORNING, bank_id=town.bank, job_id=job.id)
        waiting = ask_cancel(session, now=MORNING, bank_id=town.bank, job_id=second.id)
        assert (running.state, running.cancel_asked) == (JobState.RUNNING, True)
        assert (waiting.state, waiting.ended_at) == (JobState.CANCELLED, MORNING)
        assert cancel_is_asked(session, job_id=held.job_id)


def test_a_cancelled_job_whose_worker_vanished_is_not_tried_again(app: Flask, town: Town, job: Job):
    with app.app_context(), transaction() as session:
        taken(session)
        ask_cancel(session, now=MORNING, bank_id=town.bank, job_id=job.id)
        late = MORNING + 11 * SECOND
        assert claim(session, now=late, kinds=KINDS, lease_seconds=LEASE) is None
        session.expire_all()
        assert session.get_one(Job, job.id).state is JobState.CANCELLED


def test_asking_to_cancel_what_has_ended_changes_nothing(app: Flask, town: Town, job: Job):
    with app.app_context(), transaction() as session:
        finish(session, taken(session), now=MORNING, state=JobState.DONE)
        done = ask_cancel(session, now=MORNING, bank_id=town.bank, job_id=job.id)
        assert (done.state, done.cancel_asked) == (JobState.DONE, False)


def test_a_job_given_back_untried_has_all_its_attempts(app: Flask, job: Job):
    with app.app_context(), transaction() as session:
        assert release(session, taken(session))
        session.expire_all()
        assert session.get_one(Job, job.id).attempts == 0
        assert taken(session).job_id == job.id


def test_another_banks_job_does_not_exist(app: Flask, town: Town, job: Job):
    with app.app_context(), transaction() as session:
        for act in (
            lambda: get_job(session, bank_id=town.other_bank, job_id=job.id),
            lambda: ask_cancel(session, now=MORNING, bank_id=town.other_bank, job_id=job.id),
            lambda: run_again(
                session, now=MORNING, bank_id=town.other_bank, job_id=job.id, asked_by="person:9"
            ),
        ):
            with pytest.raises(NotFound):
                act()
