"""Plans of a day, present, proposed and published, and the comparison of any two."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.errors import NotFound
from collector.pickups.models import Pickup
from collector.planning.editing.assignment import (
    Assignment,
    assignment_of,
    changed_rounds,
    changed_visits,
)
from collector.planning.editing.what_if import DayChange, orders_of
from collector.planning.models import PlanningRun
from collector.planning.optimise.rebase import SolvedDay
from collector.planning.problem.build import DayFacts, build_problem, can_be_timed, load_facts
from collector.rounds.models import DayPlan, Publication
from collector.rounds.queries import OF_A_PICKUP
from routing.schedule import retimed

MOST_RUNS = 20


class PlanSource(StrEnum):
    """Source of a plan."""

    PRESENT = "present"
    PROPOSAL = "proposal"
    REVISION = "revision"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVersion:
    """One plan of a day.

    Attributes
    ----------
    number
        The run of a proposal, or the revision; 0 for the present.
    """

    kind: PlanSource
    number: int
    made_at: datetime | None
    orders: Mapping[int, tuple[int, ...]]

    @property
    def name(self) -> str:
        """The name of the plan in the address of a page."""
        return f"{self.kind}-{self.number}" if self.number else str(self.kind)


def plan_versions(session: Session, plan: DayPlan) -> list[PlanVersion]:
    """Return the present, then proposals and revisions, each the latest first.

    A proposal has rounds outside its problem as they are now.
    """
    present = assignment_of(plan).orders
    return [
        PlanVersion(kind=PlanSource.PRESENT, number=0, made_at=None, orders=present),
        *_proposals(session, plan, present),
        *_revisions(session, plan),
    ]


def compare_versions(
    session: Session, plan: DayPlan, first: PlanVersion, second: PlanVersion
) -> DayChange:
    """Return the change from the first of two plans to the second, timed and priced as of today.

    Visits that cannot be timed any more, such as one moved to another day, are in neither.
    """
    before, after = Assignment(orders=first.orders), Assignment(orders=second.orders)
    facts = _facts(session, plan, before.placed | after.placed)
    timed = [each for each in facts.pickups.values() if can_be_timed(each, facts.service_day)]
    problem = build_problem(facts, timed, unpinned=facts.pickups)
    rounds = changed_rounds(before, after)
    return DayChange(
        facts=facts,
        problem=problem,
        assignment_before=before,
        assignment_after=after,
        plan_before=retimed(problem, orders_of(facts, problem, before)),
        plan_after=retimed(problem, orders_of(facts, problem, after)),
        touched=tuple(round_ for round_ in facts.rounds if round_.id in rounds),
        moved=changed_visits(before, after),
        breaks=(),
    )


def version_named(found: Iterable[PlanVersion], name: str) -> PlanVersion:
    """Return the version of this name.

    Raises
    ------
    NotFound
        There is none.
    """
    for each in found:
        if each.name == name:
            return each
    raise NotFound("not_found", kind="plans")


def _proposals(
    session: Session, plan: DayPlan, present: Mapping[int, tuple[int, ...]]
) -> Iterator[PlanVersion]:
    runs = session.scalars(
        select(PlanningRun)
        .where(PlanningRun.day_plan_id == plan.id)
        .order_by(PlanningRun.id.desc())
        .limit(MOST_RUNS)
    )
    for run in runs:
        if run.plan is None:
            continue
        solved = SolvedDay.of(run, plan.rounds)
        asked = {
            key: solved.solution.orders.get(key, ()) for key in solved.rounds if key in present
        }
        elsewhere = {each for order in asked.values() for each in order}
        kept = {
            key: tuple(each for each in order if each not in elsewhere)
            for key, order in present.items()
            if key not in asked
        }
        yield PlanVersion(
            kind=PlanSource.PROPOSAL, number=run.id, made_at=run.posed_at, orders={**kept, **asked}
        )


def _revisions(session: Session, plan: DayPlan) -> Iterator[PlanVersion]:
    known = session.scalars(
        select(Publication)
        .where(Publication.day_plan_id == plan.id)
        .order_by(Publication.revision.desc())
    )
    for each in known:
        # A revision that was published by an earlier release did not keep its rounds.
        if "orders" in each.changes:
            yield PlanVersion(
                kind=PlanSource.REVISION,
                number=each.revision,
                made_at=each.published_at,
                orders={int(key): tuple(order) for key, order in each.changes["orders"].items()},
            )


def _facts(session: Session, plan: DayPlan, keys: Iterable[int]) -> DayFacts:
    """Return the facts of the day with every round on duty, and the visits of the two plans."""
    pickups = session.scalars(
        select(Pickup)
        .where(Pickup.bank_id == plan.bank_id, Pickup.id.in_(set(keys)))
        .options(*OF_A_PICKUP)
        .order_by(Pickup.id)
    )
    return replace(
        load_facts(session, plan),
        rounds=tuple(plan.rounds),
        pickups={pickup.id: pickup for pickup in pickups},
        absences=(),
    )
