"""Price of a slot: the cheapest place of a visit whose promise, with its margin, holds."""

from dataclasses import dataclass
from datetime import date, time

from collector.banks.policies import Policies, PolicyKey
from collector.pickups.models import Pickup
from collector.planning.problem.build import DayFacts, service_seconds
from collector.planning.problem.searches import legal_places
from collector.planning.risk.chances import chance_of
from collector.rounds.promises import Promise, promise
from collector.service_day import ServiceDay
from routing.analysis.insertion import Insertion
from routing.analysis.risk import TourRisk, risk
from routing.plan import Plan, Tour
from routing.problem import Problem

NEAR_METRES = 5_000
PLACES_LOOKED_AT = 6
"""Places that are tried for a promise that holds, the cheapest first."""
SLOT_DAYS = 500
"""Simulated days behind a slot: a chance of 95 % is known to 2 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A window that can be promised, with its cost.

    Attributes
    ----------
    seconds
        The time by which the round becomes longer, without the time at the door.
    near
        A collector passes within five kilometres of detour.
    """

    day: date
    opens: time
    closes: time
    cents: int
    metres: int
    seconds: int
    near: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedDay:
    """The problem and the plan of a day with all promises inserted."""

    facts: DayFacts
    problem: Problem
    plan: Plan
    is_whole: bool
    """Whether every promise has a place."""


def legal_places_of(priced: PromisedDay, candidate: Pickup) -> tuple[Insertion, ...]:
    """Return every legal place of a requested visit, the cheapest first."""
    return legal_places(priced.problem, priced.plan, str(candidate.id))


def priced_slot(priced: PromisedDay, half: Pickup) -> Slot | None:
    """Return the slot around the cheapest safe place of a half of a day; None without one."""
    for best in legal_places_of(priced, half)[:PLACES_LOOKED_AT]:
        tour = best.tour(priced.problem)
        around = _safe_promise(priced, half, tour)
        if around is not None:
            return _slot(priced, half, best, tour, around)
    return None


def _slot(priced: PromisedDay, half: Pickup, best: Insertion, tour: Tour, around: Promise) -> Slot:
    service_day, before = priced.facts.service_day, priced.plan.tour(best.shift)
    metres = tour.metres - (before.metres if before else 0)
    service = service_seconds(half, priced.facts.policies, priced.facts.learned)
    opens, closes = _walls(service_day, around)
    return Slot(
        day=service_day.day,
        opens=opens,
        closes=closes,
        cents=best.paid,
        metres=metres,
        seconds=tour.seconds - (before.seconds if before else 0) - service,
        near=before is not None and metres <= NEAR_METRES,
    )


def _safe_promise(priced: PromisedDay, half: Pickup, tour: Tour) -> Promise | None:
    """Return the promise that is kept on as many days as the bank wants; None without one.

    The other visits, the clocks and the end of the tour must hold as often as the bank wants, or
    at least as often as before.
    """
    level = priced.facts.policies[PolicyKey.PROMISE_KEPT_PERCENT]
    after = risk(priced.problem, Plan(tours=(tour,)), days=SLOT_DAYS).tours[0]
    present = priced.plan.tour(tour.shift)
    before = present and risk(priced.problem, Plan(tours=(present,)), days=SLOT_DAYS).tours[0]
    if not _is_as_safe(before or None, after, priced.facts.policies):
        return None
    service_day = priced.facts.service_day
    stop = next(stop for stop in after.stops if stop.visit == str(half.id))
    begins = next(stop.begin for stop in tour.stops if stop.visit == str(half.id))
    latest = service_day.at(stop.window(level).latest)
    around = promise(service_day, service_day.at(begins), half.windows, latest=latest)
    return around if chance_of(stop, around, service_day) >= level else None


def _is_as_safe(before: TourRisk | None, after: TourRisk, policies: Policies) -> bool:
    """Return whether a tour with one more visit holds at the levels, or as often as before."""
    clock, level = (
        policies[key] / 100
        for key in (PolicyKey.CLOCK_KEPT_PERCENT, PolicyKey.PROMISE_KEPT_PERCENT)
    )
    kept = {stop.visit: stop.promise for stop in before.stops} if before else {}
    return (
        after.cold >= min(clock, before.cold if before else 1)
        and after.in_time >= min(level, before.in_time if before else 1)
        and all(
            stop.promise >= min(level, kept[stop.visit])
            for stop in after.stops
            if stop.visit in kept
        )
    )


def _walls(service_day: ServiceDay, around: Promise) -> tuple[time, time]:
    opens, closes = (service_day.wall(instant) for instant in (around.opens, around.closes))
    return opens.time(), closes.time()
