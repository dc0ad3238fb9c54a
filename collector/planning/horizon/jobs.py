"""Jobs of kind `plan_weeks`: the planner assigns days to donors in a child process."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from collector.db import owned
from collector.jobs.actions import Claim
from collector.jobs.models import JobState
from collector.jobs.work import Ended, JobOutcome
from collector.planning.models import Horizon
from collector.planning.optimise.jobs import SearchWork, planner_input
from collector.planning.problem.lawfulness import refuse_unlawful
from routing.formats.native import plan_of


def plan_weeks(session: Session, claim: Claim) -> "PlanWeeks":
    """Prepare an attempt at the coming weeks: the handler of `plan_weeks` jobs."""
    horizon = owned(session, Horizon, claim.bank_id, claim.payload["horizon"])
    return PlanWeeks(
        bank_id=claim.bank_id,
        horizon_id=horizon.id,
        seconds=claim.payload["seconds"],
        stdin=planner_input(horizon.problem, horizon.start),
    )


@dataclass(slots=True, kw_only=True)
class PlanWeeks(SearchWork):
    """One attempt at the coming weeks."""

    bank_id: int
    horizon_id: int

    def prepare(self, session: Session, *, ended: Ended) -> None:
        """Check the best plan."""
        if self.best is not None and not self.crashed(ended):
            horizon = owned(session, Horizon, self.bank_id, self.horizon_id)
            refuse_unlawful(horizon.problem, plan_of(self.best))

    def conclude(self, session: Session, *, now: datetime, ended: Ended) -> JobOutcome | None:  # noqa: ARG002
        """Store the best plan."""
        if self.crashed(ended):
            return None
        if self.best is None:
            return JobOutcome(state=JobState.FAILED, error=self.error or "no_plan")
        horizon = owned(session, Horizon, self.bank_id, self.horizon_id)
        horizon.plan = self.best
        return JobOutcome(state=JobState.DONE, result={"cost": self.best["cost"]["total"]})
