"""The job `plan_day`: the planner in a child process, and what is kept of what it says."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from collector.db import owned
from collector.errors import Conflict, Refused
from collector.jobs.actions import Claim
from collector.jobs.loaded_program import Program
from collector.jobs.models import JobState
from collector.jobs.work import Ended, How, JobOutcome
from collector.planning.models import PlanningRun
from collector.planning.optimise.apply import keep
from collector.planning.optimise.proposals import propose
from collector.rounds.models import DayPlan
from routing.check.judge import check
from routing.formats.native import plan_of, problem_of
from routing.plan import Plan

PLANNER = (sys.executable, "-m", "routing")
LOADED_PLANNER = Program(main="routing.__main__:main", preload="routing.process.preload:get_ready")


def warm() -> None:
    """See that the planner is compiled before anybody waits for it."""
    subprocess.run([*PLANNER, "warm"], check=True)  # noqa: S603 - our own command


def plan_day(session: Session, claim: Claim) -> "PlanDay":
    """Prepare an attempt at planning a day: the handler of `plan_day` jobs."""
    run = owned(session, PlanningRun, claim.bank_id, claim.payload["run"])
    return PlanDay(
        bank_id=claim.bank_id,
        run_id=run.id,
        seconds=claim.payload["seconds"],
        asked_by=claim.asked_by,
        proposes=claim.payload.get("propose", False),
        stdin=spoken(run.problem, run.start),
    )


def spoken(problem: Mapping[str, Any], start: Mapping[str, Any]) -> bytes:
    """Return a question and where to begin as the planner reads them."""
    return f"{json.dumps(problem)}\n{json.dumps(start)}".encode()


def refuse_unlawful(problem: dict[str, Any], plan: dict[str, Any]) -> None:
    """Judge an answer once more before anybody keeps it.

    Raises
    ------
    Refused
        `plan_breaks_rules` (`rules`).
    """
    broken = check(problem_of(problem), plan_of(plan))
    if broken:
        raise Refused("plan_breaks_rules", rules=sorted({str(each.rule) for each in broken}))


@dataclass(slots=True, kw_only=True)
class Search:
    """A search in a child process; the best plan heard of so far outlives its child."""

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

    def fell_silent(self, ended: Ended) -> bool:
        """Whether the child ended badly and did not say why: its job is to be tried again."""
        return ended.how is How.EXITED and ended.code != 0 and self.error is None

    def heard(self, line: str) -> dict[str, Any] | None:
        """Keep the plan that a line brings; an improvement is progress."""
        said = json.loads(line)
        if said["kind"] == "error":
            self.error = said["error"]
            return None
        self.best = said["plan"]
        if said["kind"] != "improvement":
            return None
        return {"seconds": said["seconds"], "cost": said["cost"]}


@dataclass(slots=True, kw_only=True)
class PlanDay(Search):
    """One attempt at planning a day."""

    bank_id: int
    run_id: int
    asked_by: str
    proposes: bool

    def conclude(self, session: Session, *, now: datetime, ended: Ended) -> JobOutcome | None:
        """Keep the best plan there is; without one say what became of the job.

        Where it was to become the draft by itself, and the day was changed meanwhile, it is a
        proposal. Stopped by a coordinator the job is `cancelled`, whether or not there was a plan.
        """
        if self.fell_silent(ended):
            return None
        if ended.how is How.EXITED and ended.code != 0:
            return JobOutcome(state=JobState.FAILED, error=self.error)
        stopped = ended.how is How.CANCELLED
        if self.best is None:
            state = JobState.CANCELLED if stopped else JobState.FAILED
            error = None if stopped else "no_plan"
            return JobOutcome(state=state, result={"kept": False}, error=error)
        state = JobState.CANCELLED if stopped else JobState.DONE
        cost = self.best["cost"]["total"]
        kept = None if self.proposes else self._kept(session, plan_of(self.best), now=now)
        if kept is None:
            propose(session, bank_id=self.bank_id, run_id=self.run_id, plan=plan_of(self.best))
            return JobOutcome(state=state, result={"kept": False, "cost": cost})
        result = {
            "kept": True,
            "version": kept.version,
            "planned": sum(len(round_.stops) for round_ in kept.rounds),
            "unplanned": len(kept.unplanned),
            "cost": cost,
        }
        return JobOutcome(state=state, result=result)

    def _kept(self, session: Session, plan: Plan, *, now: datetime) -> DayPlan | None:
        """Make a plan the draft of its day; None if somebody changed the day meanwhile."""
        try:
            with session.begin_nested():
                return keep(
                    session,
                    now=now,
                    bank_id=self.bank_id,
                    run_id=self.run_id,
                    plan=plan,
                    actor=self.asked_by,
                )
        except (Conflict, StaleDataError):
            return None
