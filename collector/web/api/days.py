"""Days and rounds in the API: the plan as it stands, and each round with its stops."""

from datetime import date, datetime

from msgspec import Struct

from collector.applications.models import Scope
from collector.db import reading
from collector.rounds.models import DayPlan, Round, RoundState, RoundStop
from collector.rounds.queries import day_plan, get_round
from collector.web.api.callers import caller
from collector.web.api.operations import operation


class StopAnswer(Struct, frozen=True, kw_only=True):
    """A visit of a round, with its planned instants."""

    position: int
    request_id: int
    donor_id: int
    donor_number: str
    arrives_at: datetime
    begins_at: datetime
    ends_at: datetime
    latitude: float | None
    longitude: float | None


class EmptyingAnswer(Struct, frozen=True, kw_only=True):
    """A planned emptying of the box at a freezer on the way."""

    site_id: int
    arrives_at: datetime
    begins_at: datetime
    ends_at: datetime


class RoundAnswer(Struct, frozen=True, kw_only=True):
    """A round as it is planned; its revision is 0 before it is published."""

    id: int
    day: date
    letter: str
    state: RoundState
    revision: int
    collector_id: int
    vehicle: str
    departs_at: datetime | None
    returns_at: datetime | None
    metres: int
    driving_seconds: int
    cost_cents: int
    stops: list[StopAnswer]
    emptyings: list[EmptyingAnswer]


class UnplannedAnswer(Struct, frozen=True, kw_only=True):
    """A visit that no round of the day has, with the code of the reason."""

    request_id: int
    reason: str


class DayAnswer(Struct, frozen=True, kw_only=True):
    """The plan of a day; its revision is 0 before the first publication."""

    day: date
    revision: int
    rounds: list[RoundAnswer]
    unplanned: list[UnplannedAnswer]


@operation("GET", "/days/<date:day>", scope=Scope.ROUNDS_READ, answer=DayAnswer)
def get_day(day: date) -> DayAnswer:
    """Read the plan of a day; a day without a plan has no rounds."""
    with reading() as session:
        plan = day_plan(session, bank_id=caller().bank_id, day=day)
        return _day(plan) if plan else DayAnswer(day=day, revision=0, rounds=[], unplanned=[])


@operation("GET", "/rounds/<int:round_id>", scope=Scope.ROUNDS_READ, answer=RoundAnswer)
def get_one_round(round_id: int) -> RoundAnswer:
    """Read a round."""
    with reading() as session:
        found = get_round(session, bank_id=caller().bank_id, round_id=round_id)
        return round_answer(found, found.day_plan.day)


def _day(plan: DayPlan) -> DayAnswer:
    return DayAnswer(
        day=plan.day,
        revision=plan.revision,
        rounds=[round_answer(each, plan.day) for each in plan.rounds],
        unplanned=[
            UnplannedAnswer(request_id=row.pickup_id, reason=row.reason) for row in plan.unplanned
        ],
    )


def round_answer(round_: Round, day: date) -> RoundAnswer:
    """Return a round as the API shows it."""
    return RoundAnswer(
        id=round_.id,
        day=day,
        letter=round_.letter,
        state=round_.state,
        revision=round_.revision,
        collector_id=round_.shift.collector_id,
        vehicle=round_.shift.vehicle,
        departs_at=round_.departs_at,
        returns_at=round_.returns_at,
        metres=round_.metres,
        driving_seconds=round_.driving_seconds,
        cost_cents=round_.cost_cents,
        stops=[_stop(stop, day) for stop in round_.stops],
        emptyings=[
            EmptyingAnswer(
                site_id=each.site_id,
                arrives_at=each.arrives_at,
                begins_at=each.begins_at,
                ends_at=each.ends_at,
            )
            for each in round_.emptyings
        ],
    )


def _stop(stop: RoundStop, day: date) -> StopAnswer:
    donor = stop.pickup.donor
    position = donor.address_on(day).position
    return StopAnswer(
        position=stop.position,
        request_id=stop.pickup_id,
        donor_id=donor.id,
        donor_number=donor.number,
        arrives_at=stop.arrives_at,
        begins_at=stop.begins_at,
        ends_at=stop.ends_at,
        latitude=position.latitude if position else None,
        longitude=position.longitude if position else None,
    )
