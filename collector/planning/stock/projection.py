"""Projection of a stock over the coming days, as one path and as a band of resampled paths.

Day 0 is today, and arrays have one column for each day from 0 on. Milk that expires first leaves
first. docs/forecast.md has the method.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HORIZON = 56
"""Days of a projection, today not counted."""
MONTH = 28
"""Days of a drawn stretch."""
STEADY = 28
"""The last days of the horizon, whose inflow counts as steady."""
RESAMPLES = 500
SEED = 20261130
BAND = (10, 90)
"""Percentiles of the band."""

Paths = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseInflow:
    """Milk in the house that is released evenly from one day to another, both included, in ml."""

    ml: float
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StockSituation:
    """Figures from which a stock is projected.

    Attributes
    ----------
    stock
        Released ml by the number of days until their last day.
    house
        Milk on its way to a release, less the share that will not pass.
    collected
        Expected ml of donors' milk by day.
    pass_share
        The part of collected milk that is released, from 0 to 1.
    lag
        Days from the collection to the release.
    demand
        Expected ml given by day.
    shelf_days
        Days for which released milk may be given.
    """

    stock: Mapping[int, float]
    house: tuple[HouseInflow, ...] = ()
    collected: Mapping[int, float]
    pass_share: float
    lag: int
    demand: Mapping[int, float]
    shelf_days: int = 180

    @property
    def stock_ml(self) -> float:
        """The released stock of today."""
        return sum(self.stock.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """Paths of a stock: one row for each path, one column for each day from today.

    Attributes
    ----------
    levels
        The stock at the end of a day, in ml.
    missing
        The demand that the stock could not serve on a day, in ml.
    expired
        Milk whose last day has passed, in ml.
    """

    levels: Paths
    missing: Paths
    expired: Paths


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDays:
    """Past figures that the band is drawn from, the oldest first.

    Attributes
    ----------
    demands
        Ml given on past days; empty if none is known.
    weeks
        Ml collected in past weeks.
    lots
        The released part of past lots, from 0 to 1.
    """

    demands: tuple[float, ...] = ()
    weeks: tuple[float, ...] = ()
    lots: tuple[float, ...] = ()


def project(situation: StockSituation) -> Projection:
    """Return the expected path of a stock."""
    released = _released(situation, _by_day(situation.collected)[None, :], np.ones((1, 1)))
    return _follow(situation, released, _by_day(situation.demand)[None, :])


def resample(situation: StockSituation, past: PastDays) -> Projection:
    """Return paths with demand, collection and release drawn from the past, by a fixed seed.

    Demand and collection are drawn as stretches of four weeks, each over the mean of the four weeks
    before it: a ward that is full today is likely full tomorrow, and single days would not tell.
    """
    dice = np.random.default_rng(SEED)
    changes = _stretches(dice, past.demands, MONTH, HORIZON)
    demand = _by_day(situation.demand)[None, :] * np.pad(
        changes, ((0, 0), (1, 0)), constant_values=1.0
    )
    weeks = np.repeat(_stretches(dice, past.weeks, MONTH // 7, HORIZON // 7), 7, axis=1)
    collected = _by_day(situation.collected)[None, :] * np.pad(
        weeks, ((0, 0), (1, 0)), constant_values=1.0
    )
    house = sum(each.ml for each in situation.house)
    lots = max(1, round(house / LOT_ML))
    passes = _drawn(dice, past.lots, (RESAMPLES, lots)).mean(axis=1, keepdims=True)
    return _follow(situation, _released(situation, collected, passes), demand)


LOT_ML = 5000
"""Usual ml of a lot: Milkround's own value, that of the laboratory's brief."""


def band(paths: Projection) -> tuple[Paths, Paths]:
    """Return the 10th and the 90th percentile of the levels of each day."""
    low, high = np.percentile(paths.levels, BAND, axis=0)
    return low, high


def cover_days(stock_ml: float, demand: float) -> float | None:
    """Return the days that a stock lasts; None if nothing is given."""
    return stock_ml / demand if demand > 0 else None


def urgency_percent(cover: float | None, *, target_days: int) -> int:
    """Return the urgency of donated milk to the planner, in percent, from 50 to 300.

    It is the target over the cover: at the target 100, with half of it 200.
    """
    if cover is None:
        return 100
    if cover <= 0:
        return MOST_URGENCY
    return min(max(round(100 * target_days / cover), LEAST_URGENCY), MOST_URGENCY)


LEAST_URGENCY, MOST_URGENCY = 50, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyGap:
    """Ml that a week lacks: released, and to collect for it."""

    released_ml: float
    collected_ml: float


def weekly_gap(situation: StockSituation) -> WeeklyGap:
    """Return the lack of a week once the milk of today is used up: demand less steady inflow."""
    last = range(HORIZON - STEADY + 1, HORIZON + 1)
    demand, collected = (
        sum(values.get(day, 0.0) for day in last) / STEADY
        for values in (situation.demand, situation.collected)
    )
    released = max(0.0, 7 * (demand - situation.pass_share * collected))
    share = situation.pass_share
    return WeeklyGap(released_ml=released, collected_ml=released / share if share > 0 else 0.0)


def faded(day: int) -> float:
    """Return the weight of present knowledge on a later day: 1 today, 0 after four weeks."""
    return max(0.0, 1 - day / MONTH)


def first_day(values: Iterable[bool]) -> int | None:
    """Return the first day of which something is true; None for never."""
    return next((day for day, found in enumerate(values) if found), None)


def _by_day(values: Mapping[int, float]) -> Paths:
    """Return the values of the days from today; today itself is over."""
    days = (values.get(day, 0.0) if day else 0.0 for day in range(HORIZON + 1))
    return np.fromiter(days, dtype=np.float64, count=HORIZON + 1)


def _released(situation: StockSituation, collected: Paths, passes: Paths) -> Paths:
    """Return the ml released on each day: of the house, then of later collections."""
    house = np.zeros(HORIZON + 1)
    for each in situation.house:
        first = max(each.first, 1)
        share = each.ml / (max(each.last, first) - first + 1)
        house[first : max(each.last, first) + 1] += share
    released = house[None, :] * passes
    lag = max(situation.lag, 0)
    if lag <= HORIZON:
        arrived = situation.pass_share * collected[:, : HORIZON + 1 - lag]
        released = released + np.pad(arrived, ((0, 0), (lag, 0)))
    return released


def _stretches(
    dice: np.random.Generator, past: tuple[float, ...], length: int, wanted: int
) -> Paths:
    """Return paths of drawn stretches, each relative to the stretch before it.

    Without two stretches of past, single values are drawn.
    """
    values = np.asarray(past, dtype=np.float64)
    changes = [
        values[at : at + length] / values[at - length : at].mean()
        for at in range(length, len(values) - length + 1)
        if values[at - length : at].any()
    ]
    if not changes:
        return _drawn(dice, past, (RESAMPLES, wanted))
    known = np.stack(changes)
    drawn, level = [], np.ones((RESAMPLES, 1))
    for _ in range(-(-wanted // length)):
        one = level * known[dice.integers(len(known), size=RESAMPLES)]
        drawn.append(one)
        level = one.mean(axis=1, keepdims=True)
    return np.concatenate(drawn, axis=1)[:, :wanted]


def _drawn(dice: np.random.Generator, past: tuple[float, ...], shape: tuple[int, int]) -> Paths:
    """Return drawn past values over their mean; ones if the past holds none."""
    values = np.asarray(past, dtype=np.float64)
    if not values.size or values.mean() <= 0:
        return np.ones(shape)
    return dice.choice(values / values.mean(), size=shape)


def _follow(situation: StockSituation, released: Paths, demand: Paths) -> Projection:
    """Follow the stock from day to day: what expires is lost, then the day is served."""
    count = max(len(released), len(demand))
    stock = np.full(count, float(situation.stock_ml))
    expiring = np.zeros(HORIZON + 1)
    for days, ml in situation.stock.items():
        if days < HORIZON:
            # The milk of a last day may be given on it, and is lost on the day after.
            expiring[max(days, -1) + 1] += ml
    used, lost = np.zeros(count), np.zeros(count)
    ended = np.zeros(count)
    levels, missing, expired = (np.zeros((count, HORIZON + 1)) for _ in range(3))
    for day in range(HORIZON + 1):
        ended += expiring[day]
        if day > situation.shelf_days:
            ended += released[:, day - situation.shelf_days - 1]
        gone = np.maximum(ended - used - lost, 0.0)
        lost += gone
        stock = stock - gone
        stock = stock + released[:, day]
        given = np.minimum(stock, demand[:, day])
        stock = stock - given
        used += given
        levels[:, day], expired[:, day] = stock, gone
        missing[:, day] = demand[:, day] - given
    return Projection(levels=levels, missing=missing, expired=expired)
