"""Prices of levers: donors, milk and metres under other rules of the bank."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from collector.planning.horizon.due_dates import DueDonor, Levers
from collector.planning.horizon.problem import (
    DONOR,
    MOST_WEEKS,
    Weeks,
    build_weeks_problem,
    load_weeks,
    reload_weeks,
)
from collector.planning.models import Horizon
from collector.planning.problem.searches import fill
from routing.formats.native import plan_of
from routing.plan import Plan
from routing.schedule import assembled, retimed


@dataclass(frozen=True, slots=True, kw_only=True)
class LeverPrice:
    """Differences that other rules make in donors, milk and metres; negative for less."""

    levers: Levers
    donors: int
    volume_ml: int
    metres: int


def price_levers(
    session: Session, *, now: datetime, horizon: Horizon, others: Sequence[Levers]
) -> list[LeverPrice]:
    """Return the prices of other rules beside a horizon, each computed by greedy insertion."""
    base = reload_weeks(session, horizon, now=now)
    problem = build_weeks_problem(base)
    orders = plan_of(horizon.plan).orders if horizon.plan else {}
    there = {visit.id for visit in problem.visits}
    kept = {
        shift: [name for name in order if name in there]
        for shift, order in orders.items()
        if problem.shift(shift) is not None
    }
    before = fill(problem, retimed(problem, kept))
    return [
        _priced(base, before, reload_weeks(session, horizon, now=now, levers=levers), levers)
        for levers in others
    ]


def price_bank_levers(
    session: Session, *, now: datetime, bank_id: int, usual: Levers, others: Sequence[Levers]
) -> list[LeverPrice]:
    """Return the prices of other rules over the coming four weeks; none without a shift.

    Parameters
    ----------
    usual
        The rules with which the others are compared.
    """

    def weeks(levers: Levers) -> Weeks:
        return load_weeks(session, now=now, bank_id=bank_id, weeks=MOST_WEEKS, levers=levers)

    base = weeks(usual)
    if not base.shifts:
        return []
    problem = build_weeks_problem(base)
    before = fill(problem, assembled(problem, ()))
    return [_priced(base, before, weeks(levers), levers) for levers in others]


def _priced(base: Weeks, before: Plan, weeks: Weeks, levers: Levers) -> LeverPrice:
    problem = build_weeks_problem(weeks)
    there = {visit.id for visit in problem.visits}
    orders = {
        shift: [name for name in order if name in there] for shift, order in before.orders.items()
    }
    after = fill(problem, retimed(problem, orders))
    served, was = _served(after), _served(before)
    volumes = {each.donor.id: each for each in (*base.candidates, *weeks.candidates)}
    return LeverPrice(
        levers=levers,
        donors=len(served) - len(was),
        volume_ml=_volume(served, volumes) - _volume(was, volumes),
        metres=after.metres - before.metres,
    )


def _served(plan: Plan) -> set[int]:
    names = (name for order in plan.orders.values() for name in order)
    return {int(name.removeprefix(DONOR)) for name in names if name.startswith(DONOR)}


def _volume(served: set[int], known: Mapping[int, DueDonor]) -> int:
    return sum(_expected_ml(known[key]) for key in served if key in known)


def _expected_ml(each: DueDonor) -> int:
    """Return the milk of a donor on her due date, or on the last day that fits before it."""
    return each.volume_ml(min(each.due_on, max(each.days, default=each.due_on)))
