"""Progress of the planner's job on a day: words, and a curve of the best cost."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from collector.jobs.actions import REPEATABLE
from collector.jobs.models import Job, JobState
from collector.planning.models import PlanningRun
from collector.planning.optimise.queries import latest_run
from collector.rounds.queries import version_of
from collector.web.board.page_context import today
from collector.web.formats import moment
from collector.web.framework.guards import actor, now

WORKER_TIMEOUT = timedelta(seconds=5)
SHOWN_FOR = timedelta(minutes=10)
"""Time after its end for which a failed job is shown."""

SOON, CALMLY = "250ms", "1s"
"""Polling intervals of the page: until the first plan, and afterwards."""

WIDTH, HEIGHT, MARGIN = 240, 64, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job of the planner on the page."""

    id: int
    state: JobState
    tone: str
    title: str
    words: str
    points: str
    best: int | None
    stopping: bool
    every: str
    repeatable: bool
    """Whether the job failed or died, and may be run again."""
    note: str = ""
    """The difference that edits since the request make to a repetition; empty without edits."""

    @property
    def stamp(self) -> str:
        """A stamp that changes with the content of the page."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

    @property
    def running(self) -> bool:
        """Whether the job waits or runs."""
        return self.state in {JobState.QUEUED, JobState.RUNNING}


def latest_job_view(session: Session, day: date) -> JobView | None:
    """Return the view of the day's latest job; None if the page does not show it."""
    known = latest_run(session, bank_id=actor().bank_id, day=day)
    if known is None or not _is_shown(known[1], day):
        return None
    run, job = known
    version = version_of(session, bank_id=run.bank_id, day=day)
    view = job_view(job, now=now())
    return replace(view, note=_note(job, run)) if version != run.day_plan_version else view


def _is_shown(job: Job, day: date) -> bool:
    """Return whether the page shows a job: at work, failed lately, or dead before its day ends."""
    if job.state is JobState.DEAD:
        return day >= today()
    if job.state in {JobState.DONE, JobState.CANCELLED}:
        return False
    return job.ended_at is None or now() - job.ended_at <= SHOWN_FOR


def _note(job: Job, run: PlanningRun) -> str:
    if job.state not in REPEATABLE:
        return ""
    words = gettext(
        "The rounds were changed after the planner was asked (%(time)s). If it runs again, it uses"
        " the rounds as they were then. Its result is a proposal: nothing moves by itself.",
        time=moment(run.posed_at),
    )
    return str(words)


def job_view(job: Job, *, now: datetime) -> JobView:
    """Return a job in words."""
    tone, title, words = _describe(job, now)
    costs = [(float(step["seconds"]), int(step["cost"])) for step in job.progress]
    return JobView(
        id=job.id,
        state=job.state,
        tone=tone,
        title=title,
        words=words,
        points=curve(costs),
        best=costs[-1][1] if costs else None,
        stopping=job.cancel_asked,
        repeatable=job.state in REPEATABLE,
        every=CALMLY if costs or now - job.asked_at > WORKER_TIMEOUT else SOON,
    )


def curve(costs: Sequence[tuple[float, int]]) -> str:
    """Return the best cost over time as an SVG polyline of horizontal steps."""
    if not costs:
        return ""
    last, highest = max(costs[-1][0], 1.0), max(cost for _, cost in costs)
    spread = (highest - min(cost for _, cost in costs)) or 1
    points: list[str] = []
    level = 0.0
    for second, cost in costs:
        x = round(WIDTH * second / last, 1)
        if points:
            points.append(f"{x},{level}")
        level = round(MARGIN + (HEIGHT - 2 * MARGIN) * (highest - cost) / spread, 1)
        points.append(f"{x},{level}")
    return " ".join([*points, f"{WIDTH},{level}"])


def _describe(job: Job, now: datetime) -> tuple[str, str, str]:
    if job.state is JobState.QUEUED:
        return _queued(job, now)
    if job.state is JobState.RUNNING:
        return "", _running_title(job), _running_words(job, now)
    if job.state is JobState.DEAD:
        words = gettext(
            "It was tried %(times)s times and took the worker down each time."
            " The day is as it was. Tell whoever runs the server; job %(job)s.",
            times=job.attempts,
            job=job.id,
        )
        return "danger", gettext("The planner gave up"), words
    return "danger", gettext("The planner could not plan this day"), _failed_words(job)


def _failed_words(job: Job) -> str:
    known = {
        "no_plan": gettext(
            "It found no plan in the time it had. The day is as it was. Give it more time to think."
        ),
    }
    other = gettext(
        "The day is as it was: nothing was lost. Optimise again, or move stops by hand."
        " If it happens again, tell whoever runs the server: job %(job)s.",
        job=job.id,
    )
    return str(known.get(job.error or "", other))


def _queued(job: Job, now: datetime) -> tuple[str, str, str]:
    if now - job.asked_at > WORKER_TIMEOUT:
        words = gettext(
            "It has waited for %(seconds)s seconds. Is “milkround work” running on the server?",
            seconds=int((now - job.asked_at).total_seconds()),
        )
        return "warn", gettext("The planner does not answer"), words
    return "", gettext("The planner is about to start"), gettext("This takes a second or two.")


def _running_title(job: Job) -> str:
    if job.cancel_asked:
        return str(gettext("Stopping…"))
    return str(gettext("The planner is looking for shorter rounds"))


def _running_words(job: Job, now: datetime) -> str:
    seconds: Any = job.payload.get("seconds")
    spent = int((now - job.asked_at).total_seconds())
    if not job.progress:
        found = str(gettext("No plan found yet."))
    else:
        found = str(ngettext("%(num)s plan found.", "%(num)s plans found.", len(job.progress)))
    if not isinstance(seconds, int):
        return found
    spoken = gettext(
        "%(spent)s of about %(seconds)s seconds.", spent=min(spent, seconds), seconds=seconds
    )
    return f"{spoken} {found}"
