"""Forecasts kept when a round is published and when it departs, and compared with what came."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, select
from sqlalchemy.orm import Session

from collector.banks.policies import Policies, PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.db import owned
from collector.planning.dispatch.foresight import Foresight, RoundForesight, foresee
from collector.planning.models import ChanceForecast, ForecastStage, ForecastSubject
from collector.rounds.events.queries import progress_of
from collector.rounds.events.replay import RoundProgress
from collector.rounds.events.schema import CollectedEvent
from collector.rounds.models import DayPlan, Round, RoundState, RoundStop
from collector.rounds.publication import promises_in
from collector.rounds.queries import day_plan
from collector.service_day import ServiceDay

PATIENCE = timedelta(days=2)
"""Time after the day of a round at which no more events of its phone are waited for."""

FORECAST_DAYS = timedelta(days=1)
"""Forecasts are made of rounds up to a day old: an older one shows nothing of the planner."""


def unforetold_days(session: Session, *, bank_id: int, now: datetime) -> list[date]:
    """Return the days with a round that lacks the forecast of its publication or departure."""
    today = ServiceDay.of(now, get_bank(session, bank_id).zone).day
    return list(
        session.scalars(
            select(DayPlan.day)
            .join(Round, Round.day_plan_id == DayPlan.id)
            .where(
                DayPlan.bank_id == bank_id,
                DayPlan.day >= today - FORECAST_DAYS,
                _lacks(ForecastStage.PUBLISHED) | _lacks(ForecastStage.DEPARTED),
            )
            .distinct()
            .order_by(DayPlan.day)
        )
    )


def keep_forecasts(session: Session, *, now: datetime, bank_id: int, day: date) -> int:
    """Write the forecasts that the rounds of a day lack, and return their number.

    A forecast of a publication replaces that of an earlier revision.
    """
    plan = day_plan(session, bank_id=bank_id, day=day)
    if plan is None:
        return 0
    written = 0
    for stage in ForecastStage:
        keys = set(
            session.scalars(select(Round.id).where(Round.day_plan_id == plan.id, _lacks(stage)))
        )
        rounds = [each for each in plan.rounds if each.id in keys]
        if rounds:
            found = foresee(session, plan, now=now)
            written += _keep(session, plan, rounds, found, stage=stage, now=now)
    return written


def _lacks(stage: ForecastStage) -> ColumnElement[bool]:
    """Return whether a round, as a row of a query, lacks a forecast of its present revision."""
    state = RoundState.PUBLISHED if stage is ForecastStage.PUBLISHED else RoundState.STARTED
    known = exists().where(
        ChanceForecast.round_id == Round.id,
        ChanceForecast.stage == stage,
        (ChanceForecast.revision == Round.revision)
        | (ChanceForecast.stage == ForecastStage.DEPARTED),
    )
    has_stops = exists().where(RoundStop.round_id == Round.id)
    return and_(
        Round.state == state, Round.revision > 0, Round.departs_at.is_not(None), has_stops, ~known
    )


def _keep(
    session: Session,
    plan: DayPlan,
    rounds: Sequence[Round],
    found: Foresight,
    *,
    stage: ForecastStage,
    now: datetime,
) -> int:
    keys = [each.id for each in rounds]
    session.execute(
        delete(ChanceForecast).where(
            ChanceForecast.round_id.in_(keys), ChanceForecast.stage == stage
        )
    )
    rows = [row for each in rounds for row in _rows(plan, each, found.get(each.id), stage, now)]
    session.add_all(rows)
    session.flush()
    return len(rows)


def _rows(
    plan: DayPlan,
    round_: Round,
    foresight: RoundForesight | None,
    stage: ForecastStage,
    now: datetime,
) -> Iterator[ChanceForecast]:
    """Yield the forecasts of a round: its clocks, and the promise of each visit ahead.

    A round that is over before its forecast has a settled row without an outcome, so that it is
    not looked at again.
    """
    common = {
        "bank_id": plan.bank_id,
        "day": plan.day,
        "round_id": round_.id,
        "stage": stage,
        "revision": round_.revision,
        "made_at": now,
    }
    yield ChanceForecast(
        **common,
        subject=ForecastSubject.CLOCKS,
        chance=foresight.cold if foresight else 0,
        settled_at=None if foresight else now,
    )
    promises = promises_in([round_])
    for key, stop in foresight.stops.items() if foresight else ():
        if key in promises:
            yield ChanceForecast(
                **common,
                subject=ForecastSubject.PROMISE,
                pickup_id=key,
                chance=stop.chance,
                closes_at=promises[key].closes,
                earliest_at=stop.earliest_at,
                latest_at=stop.latest_at,
            )


def open_forecasts(session: Session, *, bank_id: int, now: datetime) -> list[int]:
    """Return the rounds with forecasts whose outcome is known, or not waited for any more."""
    today = ServiceDay.of(now, get_bank(session, bank_id).zone).day
    return list(
        session.scalars(
            select(Round.id)
            .join(ChanceForecast, ChanceForecast.round_id == Round.id)
            .where(
                ChanceForecast.bank_id == bank_id,
                ChanceForecast.settled_at.is_(None),
                (Round.state == RoundState.UNLOADED) | (ChanceForecast.day < today - PATIENCE),
            )
            .distinct()
            .order_by(Round.id)
        )
    )


def settle_forecasts(session: Session, *, now: datetime, bank_id: int, round_id: int) -> int:
    """Compare the open forecasts of a round with the events of its phone; return their number.

    A promise that no arrival answers, and clocks without a hand-over, have no outcome.
    """
    round_ = owned(session, Round, bank_id, round_id)
    progress, policies = progress_of(session, round_), policies_of(session, bank_id)
    rows = session.scalars(
        select(ChanceForecast).where(
            ChanceForecast.round_id == round_id, ChanceForecast.settled_at.is_(None)
        )
    ).all()
    for row in rows:
        if row.subject is ForecastSubject.PROMISE:
            row.came_at, row.kept = _arrival(row, progress)
        else:
            row.came_at, row.kept = _reception(progress, policies)
        row.settled_at = now
    session.flush()
    return len(rows)


def _arrival(row: ChanceForecast, progress: RoundProgress) -> tuple[datetime | None, bool | None]:
    visit = progress.visits.get(row.pickup_id or 0)
    arrived = visit.arrived_at if visit else None
    if arrived is None or row.closes_at is None:
        return None, None
    return arrived, arrived <= row.closes_at


def _reception(progress: RoundProgress, policies: Policies) -> tuple[datetime | None, bool | None]:
    """Return the last reception, and whether every container was received within its limit."""
    received = [each.device_at for each in progress.hand_overs]
    limits = [
        (event.device_at, until)
        for event in (visit.decided_by for visit in progress.visits.values())
        if isinstance(event, CollectedEvent)
        for until in _limits(event, policies)
    ]
    first = [
        (next((each for each in sorted(received) if each >= decided), None), until)
        for decided, until in limits
    ]
    if not first or any(at is None for at, _ in first):
        return None, None
    return max(received), all(at is not None and at <= until for at, until in first)


def _limits(event: CollectedEvent, policies: Policies) -> Iterator[datetime]:
    """Yield the latest reception of each kind of container that was collected at a visit."""
    record = event.payload
    if record.bottles:
        yield event.device_at + timedelta(minutes=policies[PolicyKey.MILK_RIDE_MINUTES])
    for tube in record.tubes:
        yield tube.drawn_at + timedelta(minutes=policies[PolicyKey.TUBE_RIDE_MINUTES])
