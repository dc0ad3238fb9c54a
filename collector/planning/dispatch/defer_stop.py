"""Cost of deferring a stop of a round to its end."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from collector.errors import NotFound
from collector.planning.problem.build import build_problem, can_be_timed, load_written_facts
from collector.rounds.queries import day_plan
from routing.analysis.insertion import moved
from routing.schedule import retimed


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralCost:
    """Seconds and metres that a deferral adds; negative for savings."""

    seconds: int
    metres: int


def deferral_cost(
    session: Session, *, bank_id: int, day: date, round_id: int, pickup_id: int
) -> DeferralCost:
    """Return the cost of making this stop the last of its round; nothing is written.

    Raises
    ------
    NotFound
        The visit is in no stop of this round.
    """
    plan = day_plan(session, bank_id=bank_id, day=day)
    rounds = plan.rounds if plan else []
    round_ = next((each for each in rounds if each.id == round_id), None)
    if plan is None or round_ is None:
        raise NotFound("not_found", kind="rounds")
    facts = load_written_facts(session, plan)
    posable = [stop.pickup for stop in round_.stops if can_be_timed(stop.pickup, facts.service_day)]
    if pickup_id not in {pickup.id for pickup in posable}:
        raise NotFound("not_found", kind="stops")
    problem = build_problem(facts, posable, unpinned={pickup_id})
    shift = str(round_.shift_id)
    orders = {shift: [str(pickup.id) for pickup in posable]}
    before = retimed(problem, orders)
    after = moved(problem, before, str(pickup_id), shift=shift, position=len(posable) - 1)
    tour_before, tour_after = before.tour(shift), after.tour(shift)
    if tour_before is None or tour_after is None:
        raise NotFound("not_found", kind="stops")
    return DeferralCost(
        seconds=int(tour_after.seconds - tour_before.seconds),
        metres=int(tour_after.metres - tour_before.metres),
    )
