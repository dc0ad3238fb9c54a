"""Accepting a proposal: fitted to the day as it is by now, checked again, written and published."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import owned
from collector.errors import Conflict, Refused
from collector.pickups.models import Pickup, PickupState
from collector.pickups.queries import get_pickup
from collector.pickups.states import move_to
from collector.planning.dispatch.difference import touched_shifts
from collector.planning.dispatch.remaining_day import Midday, left_alone, midday
from collector.planning.models import Disruption, DisruptionProposal
from collector.planning.problem.write_back import (
    LeftOut,
    reloaded,
    settle_states,
    take_out_of_tray,
    write_rounds,
    write_tray,
)
from collector.rounds.actions import edit_day, publish
from collector.rounds.models import DayPlan, Publication, Round
from collector.shifts.actions import end_at_site
from routing.analysis.remaining_day import whole
from routing.check.judge import check
from routing.formats.native import plan_of, problem_of
from routing.plan import Plan, Stop, Tour
from routing.problem import Problem, Window
from routing.schedule import assembled, retimed
from routing.units import Seconds


def accept(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    proposal_id: int,
    person_id: int,
    why: str,
) -> Publication:
    """Make a proposal the next revision of its day.

    1. A day that was edited since keeps its edits (`Conflict`).
    2. What happened on the road meanwhile is history; the proposal's orders are timed from now
       and checked once more.
    3. The rounds that it drives otherwise are written, their past as it stands; the rest is left.
    4. The day is published: phones show the change with the reason, donors hear what concerns them.

    Raises
    ------
    NotFound
        The bank has no such proposal.
    Conflict
        `changed_meanwhile`, `proposal_out_of_date`, `disruption_over`.
    Refused
        `proposal_not_ready`: the planner is still looking.
    """
    proposal, disruption = _to_take(session, bank_id, proposal_id)
    plan = edit_day(
        session, bank_id=bank_id, day=disruption.day, version=disruption.day_plan_version
    )
    posed = problem_of(proposal.problem)
    seen = midday(session, plan, now=now, also=_in_no_round(session, plan, posed))
    seen = _as_it_was_asked(seen, posed)
    rest, after = fitted(seen, posed, plan_of(proposal.plan))
    _write(session, seen, rest, after, site_id=proposal.site_id)
    proposal.accepted_at, disruption.ended_at = now, now
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        action=f"proposal accepted: {proposal.way.value}",
        subject=f"disruption:{disruption.id}",
        proposal=proposal.id,
    )
    plan = reloaded(session, plan)
    return publish(
        session,
        now=now,
        bank_id=bank_id,
        day=plan.day,
        version=plan.version,
        person_id=person_id,
        why=why,
    )


def _to_take(
    session: Session, bank_id: int, proposal_id: int
) -> tuple[DisruptionProposal, Disruption]:
    proposal = owned(session, DisruptionProposal, bank_id, proposal_id)
    disruption = owned(session, Disruption, bank_id, proposal.disruption_id)
    if disruption.ended_at is not None:
        raise Conflict("disruption_over")
    if proposal.plan is None:
        raise Refused("proposal_not_ready")
    return proposal, disruption


def _in_no_round(session: Session, plan: DayPlan, posed: Problem) -> list[Pickup]:
    """The requests that a proposal is about and that no round has yet."""
    wanted = {int(visit.id) for visit in posed.visits} - plan.placed
    return [get_pickup(session, plan.bank_id, key) for key in sorted(wanted)]


def _as_it_was_asked(seen: Midday, posed: Problem) -> Midday:
    """Leave alone the rounds that the proposal was not about: none of their visits is in it."""
    others = {
        tour.shift
        for tour in seen.ahead.tours
        if all(posed.visit(name) is None for name in tour.visits)
    }
    return left_alone(seen, others) if others else seen


def fitted(seen: Midday, posed: Problem, plan: Plan) -> tuple[Problem, Plan]:
    """Bring a proposal to the present: its terms and orders, on what is left by now.

    Raises
    ------
    Conflict
        `proposal_out_of_date`: what it wants can no longer be done lawfully.
    """
    served = {name for order in plan.orders.values() for name in order}
    shifts = []
    for shift in seen.rest.shifts:
        then = posed.shift(shift.id)
        if then is not None:
            window = Window(
                earliest=Seconds(max(shift.window.earliest, then.window.earliest)),
                latest=Seconds(max(shift.window.latest, then.window.latest)),
            )
            shifts.append(replace(shift, ends=then.ends, window=window))
    there = {shift.id for shift in shifts}
    rest = replace(
        seen.rest,
        shifts=tuple(shifts),
        pins=tuple(pin for pin in seen.rest.pins if pin.shift in there and pin.visit in served),
    )
    orders = {
        shift: [name for name in order if rest.visit(name) is not None]
        for shift, order in plan.orders.items()
    }
    found = retimed(rest, {shift: order for shift, order in orders.items() if shift in there})
    if check(rest, found) or orders.keys() - there:
        raise Conflict("proposal_out_of_date")
    return rest, found


def _write(
    session: Session, seen: Midday, rest: Problem, after: Plan, *, site_id: int | None
) -> None:
    touched = touched_shifts(seen.ahead, after)
    rounds = [each for each in seen.facts.rounds if str(each.shift_id) in touched]
    problem = _with_ends(seen.problem, rest)
    full = whole(problem, seen.lived, after, Seconds(seen.now))
    tours = [
        tour
        for round_ in rounds
        if (tour := full.tour(str(round_.shift_id))) and (tour := _as_promised(seen, round_, tour))
    ]
    write_rounds(
        session,
        facts=seen.facts,
        problem=problem,
        plan=assembled(problem, tuple(tours)),
        rounds=rounds,
    )
    if site_id is not None:
        _end_elsewhere(session, seen, rest, site_id)
    _settle(session, seen, after)


def _with_ends(problem: Problem, rest: Problem) -> Problem:
    ends = {shift.id: shift.ends for shift in rest.shifts}
    shifts = (replace(each, ends=ends.get(each.id, each.ends)) for each in problem.shifts)
    return replace(problem, shifts=tuple(shifts))


def _as_promised(seen: Midday, round_: Round, tour: Tour) -> Tour | None:
    """Return a tour whose past stands as the rows have it: nobody is promised her past anew."""
    rows = {str(stop.pickup_id): stop for stop in round_.stops}
    day = seen.facts.service_day
    past = [
        Stop(
            visit=name,
            arrival=Seconds(day.seconds(stop.arrives_at)),
            begin=Seconds(day.seconds(stop.begins_at)),
            end=Seconds(day.seconds(stop.ends_at)),
        )
        for name, stop in rows.items()
        if int(name) not in seen.open and seen.problem.visit(name) is not None
    ]
    ahead = [stop for stop in tour.stops if int(stop.visit) in seen.open]
    if past and round_.departs_at is not None:
        tour = replace(tour, departure=Seconds(day.seconds(round_.departs_at)))
    stops = (*past, *ahead)
    return replace(tour, stops=stops) if stops else None


def _end_elsewhere(session: Session, seen: Midday, rest: Problem, site_id: int) -> None:
    gate = f"site:{site_id}"
    moved = {shift.id for shift in rest.shifts if shift.ends == (gate,)}
    for round_ in seen.facts.rounds:
        if str(round_.shift_id) in moved:
            end_at_site(session, shift_id=round_.shift_id, site_id=site_id)


def _settle(session: Session, seen: Midday, after: Plan) -> None:
    """Put what is left out into the tray, even what somebody was driving to."""
    pickups = seen.facts.pickups
    placed = {int(name) for order in after.orders.values() for name in order}
    out = [key for key in sorted(seen.open) if key not in placed]
    for key in out:
        if pickups[key].state is PickupState.EN_ROUTE:
            move_to(pickups[key], PickupState.PUBLISHED)
    left = [LeftOut(pickup_id=key, reason="taken_out", details={}) for key in out]
    write_tray(session, plan=seen.facts.plan, left=left, whole=False)
    take_out_of_tray(session, seen.facts.plan, placed)
    settle_states({key: pickups[key] for key in seen.open}, placed=placed)
