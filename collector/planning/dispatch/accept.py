"""Acceptance of a proposal: rebased to the present, checked again, written and published."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import owned
from collector.errors import Conflict, Refused
from collector.pickups.models import Pickup, PickupState
from collector.pickups.queries import get_pickup
from collector.pickups.states import move_to
from collector.planning.dispatch.difference import changed_shifts
from collector.planning.dispatch.off_duty import (
    takes_off_duty,
    withdraw_taken_back,
    write_off_duty,
)
from collector.planning.dispatch.remaining_day import (
    RemainingDay,
    load_remaining_day,
    without_shifts,
)
from collector.planning.models import Disruption, DisruptionProposal
from collector.planning.problem.write_back import (
    UnplannedVisit,
    reload_day,
    remove_from_tray,
    update_pickup_states,
    write_rounds,
    write_tray,
)
from collector.rounds.actions import edit_day, publish
from collector.rounds.models import DayPlan, Publication, Round
from collector.shifts.actions import end_at_site
from routing.analysis.remaining_day import whole
from routing.checker.judge import check_plan
from routing.formats.native import plan_of, problem_of
from routing.plan import Plan, Stop, Tour
from routing.problem import Problem, Window
from routing.schedule import assembled, retimed
from routing.units import Seconds


def accept_proposal(
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
    2. Visits made since are history; the proposal's orders are timed from now and checked again.
    3. The rounds that it changes are written, their past as it stands; the others are left.
    4. An ill collector, or a vehicle out of order, is off duty from now on; undo ends that.
    5. The day is published: phones show the change with the reason, donors with another promise are
       notified.

    Raises
    ------
    NotFound
        The bank has no such proposal.
    Conflict
        `changed_meanwhile`, `proposal_out_of_date`, `disruption_over`.
    Refused
        `proposal_not_ready`: its job has no plan yet.
    """
    proposal, disruption = _to_take(session, bank_id, proposal_id)
    plan = edit_day(
        session, bank_id=bank_id, day=disruption.day, version=disruption.day_plan_version
    )
    actor = f"person:{person_id}"
    _write_proposal(session, plan, disruption, proposal, now=now, actor=actor)
    proposal.accepted_at, disruption.ended_at = now, now
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action=f"proposal accepted: {proposal.way.value}",
        subject=f"disruption:{disruption.id}",
        proposal=proposal.id,
    )
    plan = reload_day(session, plan)
    return publish(
        session,
        now=now,
        bank_id=bank_id,
        day=plan.day,
        version=plan.version,
        person_id=person_id,
        why=why,
    )


def _write_proposal(
    session: Session,
    plan: DayPlan,
    disruption: Disruption,
    proposal: DisruptionProposal,
    *,
    now: datetime,
    actor: str,
) -> None:
    """Write the rounds of a proposal and the absence that its disruption causes or ends."""
    problem_then = problem_of(proposal.problem)
    is_back = withdraw_taken_back(session, disruption, now=now, actor=actor)
    remaining_day = load_remaining_day(
        session, plan, now=now, also=_in_no_round(session, plan, problem_then)
    )
    remaining_day = _restricted_to_proposal(remaining_day, problem_then)
    remaining, after = rebase_to_present(remaining_day, problem_then, plan_of(proposal.plan))
    off_duty = takes_off_duty(disruption.kind, disruption.minutes)
    reason = "off_duty" if off_duty else "taken_out"
    _write(session, remaining_day, remaining, after, site_id=proposal.site_id, reason=reason)
    if not is_back:
        write_off_duty(session, plan, disruption, now=now, actor=actor)


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


def _in_no_round(session: Session, plan: DayPlan, problem_then: Problem) -> list[Pickup]:
    """Return the requests of a proposal that are in no round yet."""
    keys = {int(visit.id) for visit in problem_then.visits} - plan.placed
    return [get_pickup(session, plan.bank_id, key) for key in sorted(keys)]


def _restricted_to_proposal(remaining_day: RemainingDay, problem_then: Problem) -> RemainingDay:
    """Exclude the rounds that the proposal does not concern: none of their visits is in it."""
    others = {
        tour.shift
        for tour in remaining_day.present.tours
        if all(problem_then.visit(name) is None for name in tour.visits)
    }
    return without_shifts(remaining_day, others) if others else remaining_day


def rebase_to_present(
    remaining_day: RemainingDay, problem_then: Problem, plan: Plan
) -> tuple[Problem, Plan]:
    """Return a proposal's problem and plan with its shifts and orders, on the remaining day.

    Raises
    ------
    Conflict
        `proposal_out_of_date`: its orders are no longer lawful.
    """
    served = {name for order in plan.orders.values() for name in order}
    shifts = []
    for shift in remaining_day.remaining.shifts:
        then = problem_then.shift(shift.id)
        if then is not None:
            window = Window(
                earliest=Seconds(max(shift.window.earliest, then.window.earliest)),
                latest=Seconds(max(shift.window.latest, then.window.latest)),
            )
            shifts.append(replace(shift, ends=then.ends, window=window))
    there = {shift.id for shift in shifts}
    remaining = replace(
        remaining_day.remaining,
        shifts=tuple(shifts),
        pins=tuple(
            pin
            for pin in remaining_day.remaining.pins
            if pin.shift in there and pin.visit in served
        ),
    )
    orders = {
        shift: [name for name in order if remaining.visit(name) is not None]
        for shift, order in plan.orders.items()
    }
    found = retimed(remaining, {shift: order for shift, order in orders.items() if shift in there})
    if check_plan(remaining, found) or orders.keys() - there:
        raise Conflict("proposal_out_of_date")
    return remaining, found


def _write(
    session: Session,
    remaining_day: RemainingDay,
    remaining: Problem,
    after: Plan,
    *,
    site_id: int | None,
    reason: str,
) -> None:
    touched = changed_shifts(remaining_day.present, after)
    rounds = [each for each in remaining_day.facts.rounds if str(each.shift_id) in touched]
    problem = _with_ends(remaining_day.problem, remaining)
    full = whole(problem, remaining_day.driven, after, Seconds(remaining_day.now))
    tours = [
        tour
        for round_ in rounds
        if (tour := full.tour(str(round_.shift_id)))
        and (tour := _as_promised(remaining_day, round_, tour))
    ]
    write_rounds(
        session,
        facts=remaining_day.facts,
        problem=problem,
        plan=assembled(problem, tuple(tours)),
        rounds=rounds,
        now=remaining_day.now,
    )
    if site_id is not None:
        _end_elsewhere(session, remaining_day, remaining, site_id)
    _write_states(session, remaining_day, after, reason)


def _with_ends(problem: Problem, remaining: Problem) -> Problem:
    ends = {shift.id: shift.ends for shift in remaining.shifts}
    shifts = (replace(each, ends=ends.get(each.id, each.ends)) for each in problem.shifts)
    return replace(problem, shifts=tuple(shifts))


def _as_promised(remaining_day: RemainingDay, round_: Round, tour: Tour) -> Tour | None:
    """Return a tour with the past as the rows have it: no donor gets a new promise for it."""
    rows = {str(stop.pickup_id): stop for stop in round_.stops}
    day = remaining_day.facts.service_day
    past = [
        Stop(
            visit=name,
            arrival=Seconds(day.seconds(stop.arrives_at)),
            begin=Seconds(day.seconds(stop.begins_at)),
            end=Seconds(day.seconds(stop.ends_at)),
        )
        for name, stop in rows.items()
        if int(name) not in remaining_day.open and remaining_day.problem.visit(name) is not None
    ]
    expected = [stop for stop in tour.stops if int(stop.visit) in remaining_day.open]
    if past and round_.departs_at is not None:
        tour = replace(tour, departure=Seconds(day.seconds(round_.departs_at)))
    stops = (*past, *expected)
    return replace(tour, stops=stops) if stops else None


def _end_elsewhere(
    session: Session, remaining_day: RemainingDay, remaining: Problem, site_id: int
) -> None:
    gate = f"site:{site_id}"
    moved = {shift.id for shift in remaining.shifts if shift.ends == (gate,)}
    for round_ in remaining_day.facts.rounds:
        if str(round_.shift_id) in moved:
            end_at_site(session, shift_id=round_.shift_id, site_id=site_id)


def _write_states(session: Session, remaining_day: RemainingDay, after: Plan, reason: str) -> None:
    """Put visits that are left out into the tray, even one that a collector is driving to."""
    pickups = remaining_day.facts.pickups
    placed = {int(name) for order in after.orders.values() for name in order}
    out = [key for key in sorted(remaining_day.open) if key not in placed]
    for key in out:
        if pickups[key].state is PickupState.EN_ROUTE:
            move_to(pickups[key], PickupState.PUBLISHED)
    left = [UnplannedVisit(pickup_id=key, reason=reason, details={}) for key in out]
    write_tray(session, plan=remaining_day.facts.plan, unplanned=left, replace_all=False)
    remove_from_tray(session, remaining_day.facts.plan, placed)
    update_pickup_states({key: pickups[key] for key in remaining_day.open}, placed=placed)
