"""The forecast of a bank's stock for one line: stock, inflow, outflow."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.banks.policies import Policies, PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.dispensary.dispensing.sums import dispensed_by_day
from collector.dispensary.orders.cover import StockLevel, daily_demand_ml
from collector.donors.models import Donor
from collector.laboratory.stock.queries import (
    DecidedLot,
    HouseMilk,
    ReceivedVisit,
    decided_lots,
    first_received,
    milk_in_house,
    received_visits,
    released_by_expiry,
)
from collector.pickups.giving import givings_of, is_paused
from collector.pickups.models import MilkLine, Pickup, PickupWindow
from collector.pickups.states import OPEN
from collector.planning.horizon.forecast import GIVING_STATES
from collector.planning.stock.demand import DRAWN_DAYS, Demand, expected_demand
from collector.planning.stock.habits import AnnouncedMilk, expected_collections, past_weeks
from collector.planning.stock.projection import (
    HouseInflow,
    PastDays,
    Projection,
    StockSituation,
    WeeklyGap,
    cover_days,
    first_day,
    project,
    resample,
    urgency_percent,
    weekly_gap,
)
from collector.service_day import ServiceDay

LEAST_DAYS = 28
"""Days of history without which nothing is foretold."""
HISTORY_DAYS = 180
PRIOR_SHARE = 0.85
"""Prior released part of collected milk: 8 to 15 % is rejected in France (destinationsante.com,
September 2016)."""
PRIOR_ML = 20_000
"""Weight of the prior share, in ml: four pools. Milkround's own value."""
PRIOR_LAG, PRIOR_WAIT = 14, 7
"""Days from collection to release, and from filling to release, before a lot was decided on.
Milkround's own values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """The way of milk through the laboratory, from the lots of the last 180 days.

    Attributes
    ----------
    pass_share, bottle_share
        The released part of collected milk, and of bottled milk, from 0 to 1.
    lag, wait
        Days from collection, and from filling, to the release: medians.
    lots
        The number of lots; without any, the priors alone count.
    """

    pass_share: float
    bottle_share: float
    lag: int
    wait: int
    lots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLevels:
    """Days of cover below which the stock is tense, short, critical, and the target."""

    target: int
    tense: int
    short: int
    critical: int

    def of(self, cover: float | None) -> StockLevel:
        """Return the level of a cover; normal if nothing is given."""
        if cover is None or cover >= self.tense:
            return StockLevel.NORMAL
        if cover < self.critical:
            return StockLevel.CRITICAL
        return StockLevel.SHORT if cover < self.short else StockLevel.TENSE


@dataclass(frozen=True, slots=True, kw_only=True)
class StockForecast:
    """The forecast of one line; volumes in ml.

    Attributes
    ----------
    missing_days
        Days of history that lack for a forecast; if any, the paths are None.
    announced_ml
        Declared in open requests.
    paths, drawn
        The expected path, and the paths of the band.
    """

    line: MilkLine
    today: date
    house: HouseMilk
    announced_ml: int
    demand: Demand
    throughput: Throughput
    levels: StockLevels
    missing_days: int
    situation: StockSituation
    paths: Projection | None = None
    drawn: Projection | None = None

    @property
    def stock_ml(self) -> int:
        """The released stock of today, in ml."""
        return round(self.situation.stock_ml)

    @property
    def cover(self) -> float | None:
        """The days that the released stock lasts; None if nothing is given."""
        return cover_days(self.stock_ml, self.demand.ml_per_day)

    @property
    def level(self) -> StockLevel:
        """The level of today."""
        return self.levels.of(self.cover)

    @property
    def urgency(self) -> int:
        """The urgency of donated milk to the planner, in percent."""
        return urgency_percent(self.cover, target_days=self.levels.target)

    @property
    def gap(self) -> WeeklyGap:
        """The lack of a week once the milk of today is used up."""
        return weekly_gap(self.situation)

    @property
    def stock_out(self) -> date | None:
        """The first day whose demand is not served; None within the horizon."""
        if self.paths is None:
            return None
        return self._day(first_day(bool(ml > LEAST_ML) for ml in self.paths.missing[0]))

    def _day(self, offset: int | None) -> date | None:
        return None if offset is None else self.today + timedelta(days=offset)


LEAST_ML = 0.5
"""Least ml that count: below it a difference is one of rounding."""


def load_stock_forecast(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    line: MilkLine,
) -> StockForecast:
    """Return the forecast of the stock of one line."""
    day = ServiceDay.of(now, get_bank(session, bank_id).zone)
    policies = policies_of(session, bank_id, on=day.day)
    demand = _demand(session, bank_id=bank_id, line=line, day=day, policies=policies)
    house = milk_in_house(session, bank_id=bank_id)[line]
    announced = _announced(session, bank_id, line, day.day)
    past = _past(session, now=now, bank_id=bank_id, line=line, day=day)
    found = throughput(past.lots)
    givers = _givers(session, bank_id, day.day)
    situation = StockSituation(
        stock=_standing(session, bank_id, line, day.day),
        house=_house_inflows(house, found),
        collected=expected_collections(
            past.visits, announced, today=day.day, known_days=past.known_days, giving=givers
        ),
        pass_share=found.pass_share,
        lag=found.lag,
        demand=demand.by_day,
        shelf_days=policies[PolicyKey.SHELF_LIFE_DAYS],
    )
    forecast = StockForecast(
        line=line,
        today=day.day,
        house=house,
        announced_ml=sum(each.volume_ml for each in announced),
        demand=demand,
        throughput=found,
        levels=_levels(policies),
        missing_days=max(0, LEAST_DAYS - past.known_days),
        situation=situation,
    )
    return forecast if forecast.missing_days else _projected(forecast, past)


@dataclass(frozen=True, slots=True, kw_only=True)
class _StockHistory:
    visits: Sequence[ReceivedVisit]
    lots: Sequence[DecidedLot]
    known_days: int
    """Days since the first intake, at most 180."""


def _past(
    session: Session, *, now: datetime, bank_id: int, line: MilkLine, day: ServiceDay
) -> _StockHistory:
    since = now - timedelta(days=HISTORY_DAYS)
    began = first_received(session, bank_id=bank_id, line=line)
    known = (day.day - ServiceDay.of(began, day.zone).day).days if began else 0
    return _StockHistory(
        visits=received_visits(session, bank_id=bank_id, line=line, since=since, zone=day.zone),
        lots=decided_lots(session, bank_id=bank_id, line=line, since=since),
        known_days=min(known, HISTORY_DAYS),
    )


def _projected(forecast: StockForecast, past: _StockHistory) -> StockForecast:
    drawn_from = PastDays(
        demands=forecast.demand.past,
        weeks=past_weeks(past.visits, today=forecast.today, known_days=past.known_days),
        lots=tuple(each.released_ml / each.inputs_ml for each in past.lots if each.inputs_ml),
    )
    return replace(
        forecast,
        paths=project(forecast.situation),
        drawn=resample(forecast.situation, drawn_from),
    )


def _standing(session: Session, bank_id: int, line: MilkLine, today: date) -> dict[int, float]:
    """Return the released milk that is here, by the days to its last day."""
    stock = released_by_expiry(session, bank_id=bank_id, line=line, today=today)
    return {(day - today).days: float(ml) for day, ml in stock.items()}


def _demand(
    session: Session, *, bank_id: int, line: MilkLine, day: ServiceDay, policies: Policies
) -> Demand:
    """Return the demand of a line; prescriptions and the bank's own figure ask for donated milk."""
    since = ServiceDay(day.day - timedelta(days=DRAWN_DAYS), day.zone).epoch
    found: dict[date, int] = defaultdict(int)
    for (civil, of_line, _), ml in dispensed_by_day(
        session, bank_id=bank_id, since=since, until=day.epoch, zone=day.zone
    ).items():
        if of_line is line:
            found[civil] += ml
    donated = line is MilkLine.DONATED
    prescribed = daily_demand_ml(session, bank_id=bank_id, day=day.day) if donated else 0
    return expected_demand(
        found,
        today=day.day,
        prescribed_ml=prescribed,
        policy_ml=policies[PolicyKey.DEMAND_ML_PER_DAY] if donated else 0,
    )


def throughput(lots: Sequence[DecidedLot]) -> Throughput:
    """Return the yield and the times of lots, with the prior share as four pools more."""
    released = sum(each.released_ml for each in lots) + PRIOR_SHARE * PRIOR_ML
    return Throughput(
        pass_share=min(1.0, released / (sum(each.inputs_ml for each in lots) + PRIOR_ML)),
        bottle_share=min(1.0, released / (sum(each.bottled_ml for each in lots) + PRIOR_ML)),
        lag=round(median(each.days for each in lots)) if lots else PRIOR_LAG,
        wait=max(1, round(median(each.waited for each in lots))) if lots else PRIOR_WAIT,
        lots=len(lots),
    )


def _house_inflows(house: HouseMilk, found: Throughput) -> tuple[HouseInflow, ...]:
    """Return the milk in the house as inflows: it came in evenly, and so it is released evenly."""
    return (
        HouseInflow(ml=house.raw_ml * found.pass_share, first=1, last=max(1, found.lag)),
        HouseInflow(ml=house.bottled_ml * found.bottle_share, first=1, last=found.wait),
    )


def _levels(policies: Policies) -> StockLevels:
    return StockLevels(
        target=policies[PolicyKey.COVER_TARGET_DAYS],
        tense=policies[PolicyKey.COVER_TENSE_DAYS],
        short=policies[PolicyKey.COVER_SHORT_DAYS],
        critical=policies[PolicyKey.COVER_CRITICAL_DAYS],
    )


def _announced(session: Session, bank_id: int, line: MilkLine, today: date) -> list[AnnouncedMilk]:
    """Return the milk of open requests, on the first of their days that is not over."""
    rows = session.execute(
        select(Pickup.donor_id, func.min(PickupWindow.day), Pickup.volume_ml)
        .join(PickupWindow, PickupWindow.pickup_id == Pickup.id)
        .where(
            Pickup.bank_id == bank_id,
            Pickup.state.in_(OPEN),
            Pickup.line == line,
            Pickup.volume_ml > 0,
            PickupWindow.day >= today,
        )
        .group_by(Pickup.id, Pickup.donor_id, Pickup.volume_ml)
        .order_by(Pickup.id)
    )
    return [AnnouncedMilk(*row) for row in rows]


def _givers(session: Session, bank_id: int, today: date) -> set[int]:
    """Return the donors who give milk on: no pause today, no last gift, no loss."""
    states = session.scalars(
        select(Donor.id).where(Donor.bank_id == bank_id, Donor.state.in_(GIVING_STATES))
    )
    ended = {
        key
        for key, row in givings_of(session, bank_id).items()
        if row.last_gift or row.bereaved_at or is_paused(row, today)
    }
    return set(states) - ended
