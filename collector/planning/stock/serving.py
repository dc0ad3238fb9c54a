"""The day on which a waiting order is likely served, by the forecast of the released stock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from collector.dispensary.orders.cover import SERVED
from collector.dispensary.orders.models import NeedClass, WaitReason
from collector.planning.stock.projection import cover_days
from collector.planning.stock.queries import StockForecast, StockLevels


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelyDay:
    """The likely day of a waiting order, with its basis.

    Attributes
    ----------
    day
        The first day on which the expected stock serves the order; None within the horizon.
    cover
        The days of cover of that day; None for an order that waits for milk itself.
    stock_ml
        The expected released stock of that day.
    """

    day: date | None
    cover: float | None = None
    stock_ml: int = 0


def likely_day(
    forecast: StockForecast, *, waits: WaitReason, need: NeedClass, missing_ml: int
) -> LikelyDay | None:
    """Return the likely day of an order; None if nothing is foretold about it.

    Nothing is foretold without enough days of history, nor for an order without a prescription.
    """
    if forecast.paths is None or waits is WaitReason.PRESCRIPTION:
        return None
    return likely_day_of(
        [float(level) for level in forecast.paths.levels[0]],
        today=forecast.today,
        ml_per_day=forecast.demand.ml_per_day,
        bounds=forecast.levels,
        waits=waits,
        need=need,
        missing_ml=missing_ml,
    )


def likely_day_of(
    levels: Sequence[float],
    *,
    today: date,
    ml_per_day: float,
    bounds: StockLevels,
    waits: WaitReason,
    need: NeedClass,
    missing_ml: int,
) -> LikelyDay:
    """Return the first day after today on which an expected stock serves an order.

    An order that waits for a shortage is served once the level of the stock serves its class; one
    that waits for milk, once the stock holds its missing millilitres.

    Parameters
    ----------
    levels
        The expected released stock in ml: today's first, then one for each day.
    """
    for days, stock in enumerate(levels[1:], start=1):
        cover = cover_days(stock, ml_per_day)
        of_class = need in SERVED[bounds.of(cover)]
        if waits is WaitReason.SHORTAGE and of_class:
            return LikelyDay(day=today + timedelta(days=days), cover=cover, stock_ml=round(stock))
        if waits is WaitReason.NO_MILK and stock >= missing_ml:
            return LikelyDay(day=today + timedelta(days=days), stock_ml=round(stock))
    return LikelyDay(day=None)
