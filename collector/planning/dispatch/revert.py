"""Reversal of an answer: the orders before it, as far as they are still ahead."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.db import owned
from collector.errors import NotFound
from collector.pickups.models import Pickup, PickupState
from collector.planning.dispatch.alternatives import Alternative, drop_unlawful
from collector.planning.dispatch.off_duty import without_duty
from collector.planning.dispatch.remaining_day import RemainingDay
from collector.planning.models import Disruption, DisruptionProposal, ProposalWay
from collector.planning.problem.searches import fill
from collector.rounds.models import DayPlan
from collector.rounds.queries import OF_A_PICKUP
from routing.formats.native import plan_of, problem_of
from routing.problem import Pin, Problem
from routing.schedule import retimed


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersBefore:
    """The orders of the rounds when a disruption was reported, in the planner's names.

    Attributes
    ----------
    orders, ends
        By shift.
    waiting
        The visits that were in no round.
    """

    orders: Mapping[str, Sequence[str]]
    ends: Mapping[str, tuple[str, ...]]
    waiting: frozenset[str]


def orders_before(session: Session, *, bank_id: int, day: date, disruption_id: int) -> OrdersBefore:
    """Return the orders of a day before an answer.

    Raises
    ------
    NotFound
        The bank answered no such disruption on that day.
    """
    found = owned(session, Disruption, bank_id, disruption_id)
    answered = select(DisruptionProposal.id).where(
        DisruptionProposal.disruption_id == found.id, DisruptionProposal.accepted_at.is_not(None)
    )
    if found.day != day or session.scalar(answered) is None:
        raise NotFound("not_found", kind="disruptions")
    problem, present = problem_of(found.problem), plan_of(found.ahead)
    return OrdersBefore(
        orders=present.orders,
        ends={shift.id: shift.ends for shift in problem.shifts},
        waiting=frozenset(left.visit for left in present.unassigned),
    )


def unplaced_since(session: Session, plan: DayPlan, then: OrdersBefore) -> list[Pickup]:
    """Return the requests that were in a round then and are in none now."""
    keys = {int(name) for order in then.orders.values() for name in order} - plan.placed
    return list(
        session.scalars(
            select(Pickup)
            .where(
                Pickup.bank_id == plan.bank_id,
                Pickup.id.in_(keys),
                Pickup.state == PickupState.ACCEPTED,
            )
            .options(*OF_A_PICKUP)
        )
    )


def revert_alternative(
    day: RemainingDay, then: OrdersBefore, *, off: Collection[str]
) -> Alternative:
    """Return the alternative with the orders of then; later visits get their cheapest place.

    Parameters
    ----------
    off
        The shifts that are off duty again.
    """
    remaining = without_duty(day.remaining, off)
    shifts = tuple(
        replace(shift, ends=then.ends.get(shift.id, shift.ends)) for shift in remaining.shifts
    )
    problem, left = drop_unlawful(replace(remaining, shifts=shifts), _orders(remaining, then))
    waiting = then.waiting - {pin.visit for pin in remaining.pins}
    without = replace(
        problem, visits=tuple(visit for visit in problem.visits if visit.id not in waiting)
    )
    full = fill(without, retimed(without, left.orders))
    return Alternative(
        way=ProposalWay.AS_BEFORE,
        problem=problem,
        plan=retimed(problem, full.orders),
        gate=_gate(remaining, then),
    )


def _orders(remaining: Problem, then: OrdersBefore) -> dict[str, list[str]]:
    """Return the orders of then, as far as they are ahead.

    A visit that a collector is driving to now stays in her round.
    """
    pins = {pin.visit: pin for pin in remaining.pins}
    orders = {
        shift: [name for name in order if remaining.visit(name) and _is_free(pins.get(name), shift)]
        for shift, order in then.orders.items()
    }
    for pin in remaining.pins:
        order = orders.setdefault(pin.shift, [])
        if pin.position == 0 and pin.visit in order:
            order.remove(pin.visit)
        if pin.visit not in order and remaining.visit(pin.visit):
            order.insert(0, pin.visit)
    return orders


def _is_free(pin: Pin | None, shift: str) -> bool:
    return pin is None or pin.shift == shift


def _gate(remaining: Problem, then: OrdersBefore) -> str:
    """Return the place where diverted rounds end again; empty without one."""
    others = {
        then.ends[shift.id]
        for shift in remaining.shifts
        if then.ends.get(shift.id, shift.ends) != shift.ends
    }
    return next(iter(others))[0] if len(others) == 1 else ""
