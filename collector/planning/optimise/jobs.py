"""Jobs of kind `plan_day`: the planner in a child process, and the result of its search."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from collector.db import MOST_COMPUTATIONS, OutdatedReading, owned
from collector.errors import Conflict
from collector.jobs.actions import Claim
from collector.jobs.loaded_program import Program
from collector.jobs.models import JobState
from collector.jobs.work import Ended, How, JobOutcome
from collector.planning.models import PlanningRun
from collector.planning.optimise.apply import ComputedDraft, compute_draft, write_draft
from collector.planning.optimise.proposals import offer_levels, store_proposal
from collector.planning.problem.lawfulness import refuse_unlawful
from collector.rounds.models import DayPlan
from routing.formats.native import plan_of

PLANNER = (sys.executable, "-m", "routing")
LOADED_PLANNER = Program(main="routing.__main__:main", preload="routing.process.preload:get_ready")


def compile_planner() -> None:
    """Compile the planner before the first search."""
    subprocess.run([*PLANNER, "warm"], check=True)  # noqa: S603 - our own command


@contextmanager
def compiling_planner() -> Iterator[Callable[[], None]]:
    """Compile the planner beside other work; the value waits until that is done.

    Raises
    ------
    CalledProcessError
        From the value, when the compilation failed.
    """
    with subprocess.Popen([*PLANNER, "warm"]) as compiler:  # noqa: S603 - our own command

        def wait() -> None:
            if code := compiler.wait():
                raise subprocess.CalledProcessError(code, compiler.args)

        try:
            yield wait
        finally:
            compiler.terminate()


def plan_day(session: Session, claim: Claim) -> "PlanDay":
    """Prepare an attempt at planning a day: the handler of `plan_day` jobs."""
    run = owned(session, PlanningRun, claim.bank_id, claim.payload["run"])
    return PlanDay(
        bank_id=claim.bank_id,
        run_id=run.id,
        seconds=claim.payload["seconds"],
        asked_by=claim.asked_by,
        proposes=claim.payload.get("propose", False),
        searches_levels=claim.payload.get("levels", claim.payload.get("propose", False)),
        iterations=claim.payload.get("iterations"),
        searches_replans="changes" in claim.payload,
        stdin=planner_input(run.problem, run.start, claim.payload.get("changes")),
    )


def planner_input(
    problem: Mapping[str, Any],
    start: Mapping[str, Any],
    changes: Mapping[str, Any] | None = None,
) -> bytes:
    """Return a problem, its start and what people know of it as the planner reads them."""
    documents = (problem, start) if changes is None else (problem, start, changes)
    return "\n".join(map(json.dumps, documents)).encode()


@dataclass(slots=True, kw_only=True)
class SearchWork:
    """A search in a child process; its best plan outlives the child."""

    seconds: float
    stdin: bytes = field(repr=False)
    best: dict[str, Any] | None = None
    error: str | None = None

    @property
    def program(self) -> Program:
        """The planner."""
        return LOADED_PLANNER

    @property
    def arguments(self) -> Sequence[str]:
        """The planner's arguments."""
        return (
            "solve",
            "-",
            "--start",
            "-",
            "--seconds",
            str(self.seconds),
            "--progress",
            "json",
        )

    def crashed(self, ended: Ended) -> bool:
        """Return whether the child ended badly without an error: its job is tried again."""
        return self.failed(ended) and self.error is None

    def failed(self, ended: Ended) -> bool:
        """Return whether the child ended by itself with another code than 0."""
        return ended.how is How.EXITED and ended.code != 0

    def heard(self, line: str) -> dict[str, Any] | None:
        """Keep the plan of an output line; return the progress if it is an improvement."""
        message = json.loads(line)
        if message["kind"] == "error":
            self.error = message["error"]
            return None
        self.best = message["plan"]
        if message["kind"] != "improvement":
            return None
        return {"seconds": message["seconds"], "cost": message["cost"]}


@dataclass(slots=True, kw_only=True)
class PlanDay(SearchWork):
    """One attempt at planning a day."""

    bank_id: int
    run_id: int
    asked_by: str
    proposes: bool
    searches_levels: bool = False
    """Whether the search is for the cheapest and the safest plan as well."""
    searches_replans: bool = False
    """Whether it is for three re-plans, from the fewest changes to the cheapest."""
    iterations: int | None = None
    """Limit of the work of the search; None for that of its time alone."""
    levels: dict[str, Any] | None = None
    draft: ComputedDraft | None = None
    """None if the best plan is to be a proposal."""
    computations: int = 0

    @property
    def arguments(self) -> Sequence[str]:
        """The planner's arguments."""
        common = super(PlanDay, self).arguments
        work = () if self.iterations is None else ("--iterations", str(self.iterations))
        if self.searches_replans:
            return (*common, *work, "--replans", "-")
        return (*common, *work, "--levels") if self.searches_levels else (*common, *work)

    def heard(self, line: str) -> dict[str, Any] | None:
        """Keep the plans of an output line; return the progress if it is an improvement."""
        told = super(PlanDay, self).heard(line)
        levels = json.loads(line).get("levels")
        if levels is not None:
            self.levels = {**levels, "balanced": self.best}
        return told

    def prepare(self, session: Session, *, ended: Ended) -> None:
        """Check the best plan; compute the draft that it becomes."""
        self.draft = None
        if self.best is None or self.crashed(ended) or self.failed(ended):
            return
        plan = plan_of(self.best)
        if self.proposes or self.levels is not None:
            problem = owned(session, PlanningRun, self.bank_id, self.run_id).problem
            for each in (self.best, *(self.levels or {}).values()):
                refuse_unlawful(problem, plan_of(each))
        if self.proposes:
            return
        self.computations += 1
        with suppress(Conflict):
            self.draft = compute_draft(session, bank_id=self.bank_id, run_id=self.run_id, plan=plan)

    def conclude(self, session: Session, *, now: datetime, ended: Ended) -> JobOutcome | None:
        """Write the best plan; without one, return the state of the job.

        If the plan was to become the draft and the day was changed since, it is a proposal. A job
        that a coordinator stopped is `cancelled`, with a plan or without.
        """
        if self.crashed(ended):
            return None
        if self.failed(ended):
            return JobOutcome(state=JobState.FAILED, error=self.error)
        stopped = ended.how is How.CANCELLED
        if self.best is None:
            state = JobState.CANCELLED if stopped else JobState.FAILED
            error = None if stopped else "no_plan"
            return JobOutcome(state=state, result={"kept": False}, error=error)
        state = JobState.CANCELLED if stopped else JobState.DONE
        cost = self.best["cost"]["total"]
        kept = None if self.draft is None else self._kept(session, self.draft, now=now)
        if kept is None:
            store_proposal(
                session,
                bank_id=self.bank_id,
                run_id=self.run_id,
                plan=plan_of(self.best),
                levels=self.levels,
            )
            return JobOutcome(state=state, result={"kept": False, "cost": cost})
        result = {
            "kept": True,
            "version": kept.version,
            "planned": sum(len(round_.stops) for round_ in kept.rounds),
            "unplanned": len(kept.unplanned),
            "cost": cost,
        }
        return JobOutcome(state=state, result=result)

    def _kept(self, session: Session, draft: ComputedDraft, *, now: datetime) -> DayPlan | None:
        """Write the draft of the day; return None if the day was changed since.

        Raises
        ------
        OutdatedReading
            Only requests were changed: the draft is to be computed again.
        """
        try:
            with session.begin_nested():
                kept = write_draft(
                    session,
                    now=now,
                    bank_id=self.bank_id,
                    run_id=self.run_id,
                    draft=draft,
                    actor=self.asked_by,
                )
                if self.levels is not None:
                    offer_levels(
                        session,
                        bank_id=self.bank_id,
                        run_id=self.run_id,
                        draft=draft.plan,
                        levels=self.levels,
                        now=now,
                    )
                return kept
        except (Conflict, StaleDataError):
            return None
        except OutdatedReading:
            if self.computations < MOST_COMPUTATIONS:
                raise
            return None
