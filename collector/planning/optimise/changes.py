"""What donors and collectors were told of a published day, and the prices of changing it."""

from typing import Any

from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.errors import Refused
from collector.planning.models import PlanningRun
from collector.planning.problem.continuity import planner_collector
from collector.rounds.models import DayPlan, Round
from collector.rounds.publication import promises_in
from collector.service_day import ServiceDay


def published_changes(session: Session, run: PlanningRun, plan: DayPlan) -> dict[str, Any]:
    """Return the document of changes of the planner (`routing.process.changes`) for a run.

    Raises
    ------
    Refused
        No round of the day is published: `not_published`.
    """
    if not any(round_.published for round_ in plan.rounds):
        raise Refused("not_published")
    service_day = ServiceDay(plan.day, get_bank(session, plan.bank_id).zone)
    policies = policies_of(session, plan.bank_id, on=plan.day)
    visits = {int(visit["id"]) for visit in run.problem["visits"]}
    return {
        "collector": policies[PolicyKey.CHANGED_COLLECTOR_CENTS],
        "promise": policies[PolicyKey.CHANGED_PROMISE_CENTS],
        "promises": {
            str(key): [service_day.seconds(given.opens), service_day.seconds(given.closes)]
            for key, given in promises_in(plan.rounds).items()
            if key in visits
        },
        "collectors": {
            str(key): planner_collector(person)
            for key, person in published_collectors(plan.rounds).items()
            if key in visits
        },
    }


def published_collectors(rounds: list[Round]) -> dict[int, int]:
    """Return the collector who was published for each visit of these rounds."""
    return {
        stop["pickup"]: round_.shift.collector_id
        for round_ in rounds
        for stop in (round_.published or {}).get("stops", ())
    }
