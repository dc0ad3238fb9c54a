"""Chances of the rest of a published day: arrivals with their spread, promises, clocks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from collector.planning.dispatch.remaining_day import (
    DrivenDay,
    load_driven_day,
    problem_until_arrival,
)
from collector.planning.risk.chances import chance_of, in_a_hundred
from collector.rounds.models import DayPlan
from routing.analysis.risk import TourRisk, risk

DAYS: Final = 1_000
"""Simulated days behind a page: a chance of 80 % is known to 2.5 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopForesight:
    """The expected arrival at a stop ahead.

    Attributes
    ----------
    earliest_at, latest_at
        Between them the collector arrives on nine days in ten.
    chance
        Days in a hundred on which she arrives by the end of the promise.
    """

    earliest_at: datetime
    latest_at: datetime
    chance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundForesight:
    """The chances of the rest of a round.

    Attributes
    ----------
    cold
        Days in a hundred on which none of its containers rides longer than its limit.
    in_time
        Days in a hundred on which it ends within its hours.
    """

    cold: int
    in_time: int
    stops: Mapping[int, StopForesight] = field(default_factory=dict)


Foresight = Mapping[int, RoundForesight]
"""The chances of a day by round; a round that is over has none."""


def foresee(session: Session, plan: DayPlan, *, now: datetime) -> Foresight:
    """Return the chances of the rest of a published day.

    Parameters
    ----------
    plan
        As `rounds.queries.day_plan` loads it.
    """
    return foresight_of(load_driven_day(session, plan, now=now), plan)


def foresight_of(day: DrivenDay, plan: DayPlan) -> Foresight:
    """Return the chances of a driven day, by round."""
    found = risk(problem_until_arrival(day), day.driven, days=DAYS, now=day.now)
    rounds = {str(each.shift_id): each.id for each in plan.rounds}
    return {rounds[tour.shift]: _of_tour(day, tour) for tour in found.tours}


def _of_tour(day: DrivenDay, tour: TourRisk) -> RoundForesight:
    at = day.facts.service_day
    return RoundForesight(
        cold=in_a_hundred(tour.cold),
        in_time=in_a_hundred(tour.in_time),
        stops={
            int(stop.visit): StopForesight(
                earliest_at=at.at(stop.earliest),
                latest_at=at.at(stop.latest),
                chance=chance_of(stop, given, at),
            )
            for stop in tour.stops
            if (given := day.promises.get(int(stop.visit)))
        },
    )
