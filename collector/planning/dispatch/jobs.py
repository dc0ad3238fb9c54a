"""Jobs of kind `propose`: the planner searches the remaining day in a child process."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from collector.db import owned
from collector.jobs.actions import Claim
from collector.jobs.models import JobState
from collector.jobs.work import Ended, JobOutcome
from collector.planning.models import DisruptionProposal
from collector.planning.optimise.jobs import SearchWork, planner_input
from collector.planning.problem.lawfulness import refuse_unlawful
from routing.formats.native import plan_of


def propose(session: Session, claim: Claim) -> "Propose":
    """Prepare an attempt at a proposal: the handler of `propose` jobs."""
    proposal = owned(session, DisruptionProposal, claim.bank_id, claim.payload["proposal"])
    return Propose(
        bank_id=claim.bank_id,
        proposal_id=proposal.id,
        seconds=claim.payload["seconds"],
        stdin=planner_input(proposal.problem, proposal.start),
    )


@dataclass(slots=True, kw_only=True)
class Propose(SearchWork):
    """One attempt at a proposal."""

    bank_id: int
    proposal_id: int

    def prepare(self, session: Session, *, ended: Ended) -> None:
        """Check the best plan, or the start without one."""
        if self.crashed(ended):
            return
        proposal = owned(session, DisruptionProposal, self.bank_id, self.proposal_id)
        refuse_unlawful(proposal.problem, plan_of(self.best or proposal.start))

    def conclude(self, session: Session, *, now: datetime, ended: Ended) -> JobOutcome | None:  # noqa: ARG002
        """Store the best plan; without one the start stands."""
        if self.crashed(ended):
            return None
        proposal = owned(session, DisruptionProposal, self.bank_id, self.proposal_id)
        found = self.best or proposal.start
        proposal.plan = found
        return JobOutcome(
            state=JobState.DONE, result={"kept": True, "cost": found["cost"]["total"]}
        )
