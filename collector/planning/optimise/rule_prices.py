"""Jobs of kind `price_rules`: what each rule costs on a day, by searches without it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.policies import PolicyKey
from collector.errors import NotFound, Refused
from collector.jobs.actions import AT_WORK, Claim, ask_cancel, enqueue
from collector.jobs.models import Job, JobState
from collector.jobs.work import Ended, How, JobOutcome
from collector.planning.optimise.jobs import SearchWork
from collector.planning.problem.build import DayFacts, load_facts
from collector.planning.problem.objectives import Objectives, problem_with_objectives
from collector.rounds.models import DayPlan
from collector.rounds.queries import day_plan
from routing.analysis.compare import Seat, compare
from routing.checker.judge import check_plan
from routing.formats.native import plan_data, plan_of, problem_data
from routing.plan import Plan
from routing.problem import Problem
from routing.relaxations import PROMISE, relaxed_problems, without_promise

PRICE_RULES = "price_rules"
SECONDS = 20
"""Seconds of all searches of one job."""
OVERHEAD_SECONDS = 60
MINIMUM = "minimum_volume"
"""Name of the day without a minimum volume: a rule of the bank, and none of the planner."""
PROMISE_OF = PROMISE
"""Prefix of the name of a day without the promised time of a request, before its key."""
KEPT = Objectives(keep_promises=True)


def request_rule_prices(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    day: date,
    asked_by: str,
    promise: int | None = None,
) -> Job:
    """Queue the searches for the price of each rule on a day; earlier ones at work are stopped.

    Parameters
    ----------
    promise
        The request whose promised time is priced as well.

    Raises
    ------
    Refused
        No round that could be changed has a visit: `nothing_to_price`.
    """
    plan = day_plan(session, bank_id=bank_id, day=day)
    if plan is None or not load_facts(session, plan).stops:
        raise Refused("nothing_to_price")
    known = latest_rule_prices(session, bank_id=bank_id, day=day)
    if known is not None and known.state in AT_WORK and not known.cancel_asked:
        ask_cancel(session, now=now, bank_id=bank_id, job_id=known.id)
    job = enqueue(
        session,
        now=now,
        bank_id=bank_id,
        kind=PRICE_RULES,
        payload={"day": day.isoformat(), "promise": promise, "seconds": SECONDS},
        asked_by=asked_by,
        deadline_seconds=SECONDS + OVERHEAD_SECONDS,
    )
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=asked_by,
        action="rules priced",
        subject=f"day_plan:{plan.id}",
        job=job.id,
    )
    return job


def latest_rule_prices(session: Session, *, bank_id: int, day: date) -> Job | None:
    """Return the latest job that prices the rules of a day."""
    return session.scalar(
        select(Job)
        .where(
            Job.bank_id == bank_id,
            Job.kind == PRICE_RULES,
            Job.payload["day"].as_string() == day.isoformat(),
        )
        .order_by(Job.id.desc())
        .limit(1)
    )


def price_rules(session: Session, claim: Claim) -> "PriceRules":
    """Prepare an attempt at pricing rules: the handler of `price_rules` jobs."""
    day = date.fromisoformat(claim.payload["day"])
    plan = day_plan(session, bank_id=claim.bank_id, day=day)
    if plan is None:
        raise NotFound("not_found", kind="day_plans")
    problem, start, relaxed = _problems(session, plan, claim.payload["promise"])
    others = {name: problem_data(relaxed[name]) for name in relaxed if _is_ours(name)}
    documents = (problem_data(problem), plan_data(start), others)
    return PriceRules(
        seconds=claim.payload["seconds"],
        stdin="\n".join(map(json.dumps, documents)).encode(),
        version=plan.version,
        problem=problem,
        relaxed=relaxed,
    )


def _is_ours(name: str) -> bool:
    return name == MINIMUM or name.startswith(PROMISE)


def _problems(
    session: Session, plan: DayPlan, promise: int | None
) -> tuple[Problem, Plan, dict[str, Problem]]:
    """Return the problem of a day, its rounds, and by name the problems without a rule."""
    facts = load_facts(session, plan)
    problem, start = problem_with_objectives(facts, KEPT)
    relaxed = relaxed_problems(problem)
    anything, _ = problem_with_objectives(_without_minimum(facts), KEPT)
    if len(anything.visits) > len(problem.visits):
        relaxed[MINIMUM] = anything
    if promise is not None and problem.visit(str(promise)) is not None:
        relaxed[f"{PROMISE}{promise}"] = _without_promise(facts, problem, str(promise))
    return problem, start, relaxed


def _without_minimum(facts: DayFacts) -> DayFacts:
    """Return the facts of a day on which any volume is fetched."""
    return replace(facts, policies=facts.policies.replaced({PolicyKey.MINIMUM_VOLUME_ML: "0"}))


def _without_promise(facts: DayFacts, problem: Problem, visit: str) -> Problem:
    """Return the problem with a visit's own hours; at any time if nothing narrower is promised."""
    unpromised, _ = problem_with_objectives(facts, Objectives(keep_promises=False))
    own = unpromised.visits[unpromised.visit_row(visit)]
    if own == problem.visits[problem.visit_row(visit)]:
        return without_promise(problem, visit)
    visits = tuple(own if one.id == visit else one for one in problem.visits)
    return replace(problem, visits=visits)


@dataclass(slots=True, kw_only=True)
class PriceRules(SearchWork):
    """One attempt at the prices of rules.

    Attributes
    ----------
    version
        The version of the day that is priced.
    rows
        The prices found so far, as the job keeps them.
    """

    version: int
    problem: Problem = field(repr=False)
    relaxed: Mapping[str, Problem] = field(repr=False)
    present: Plan | None = None
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def arguments(self) -> Sequence[str]:
        """The planner's arguments."""
        return ("prices", "-", "-", "--seconds", str(self.seconds))

    def heard(self, line: str) -> dict[str, Any] | None:
        """Judge the plan of an output line by its problem; return its figures.

        Raises
        ------
        Refused
            The plan breaks rules: `plan_breaks_rules`.
        """
        message = json.loads(line)
        if message["kind"] == "error":
            self.error = message["error"]
            return None
        if message["kind"] == "done":
            return None
        plan = plan_of(message["plan"])
        name = message.get("name")
        problem = self.problem if name is None else self.relaxed[name]
        if broken := check_plan(problem, plan):
            raise Refused("plan_breaks_rules", rules=[str(each.rule) for each in broken])
        if name is None or self.present is None:
            self.present = plan
            return {"searches": len(message["prices"]), "cents": plan.cost.paid}
        row = _row(name, self.present, plan)
        self.rows.append(row)
        return row

    def prepare(self, session: Session, *, ended: Ended) -> None:
        """Do nothing: every plan was judged when it was heard."""

    def conclude(self, session: Session, *, now: datetime, ended: Ended) -> JobOutcome | None:  # noqa: ARG002
        """Keep the prices that were found."""
        if self.crashed(ended):
            return None
        if self.failed(ended):
            return JobOutcome(state=JobState.FAILED, error=self.error)
        stopped = ended.how is How.CANCELLED
        state = JobState.CANCELLED if stopped else JobState.DONE
        return JobOutcome(state=state, result={"version": self.version, "rows": self.rows})


def _row(name: str, present: Plan, found: Plan) -> dict[str, Any]:
    """Return what changes without a rule; moves are of visits by round, with both begins."""
    return {
        "name": name,
        "cents": found.cost.paid - present.cost.paid,
        "metres": found.metres - present.metres,
        "visits": _planned(found) - _planned(present),
        "moves": [
            [int(each.visit), _seat(each.before), _seat(each.after)]
            for each in compare(present, found).moved
        ],
    }


def _seat(seat: Seat | None) -> list[int] | None:
    return None if seat is None else [int(seat.shift), int(seat.begin)]


def _planned(plan: Plan) -> int:
    return sum(len(tour.stops) for tour in plan.tours)
