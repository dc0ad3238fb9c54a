"""Chart of a stock: the expected line in its band, and the levels of cover as lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from collector.planning.stock.projection import HORIZON, band
from collector.planning.stock.queries import StockForecast

WIDTH, HEIGHT = 720, 260
LEFT, BOTTOM, TOP, RIGHT = 48, 24, 8, 8
GRID = 4
ML_PER_LITRE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class StockChart:
    """A stock in the units of its drawing.

    Attributes
    ----------
    line, area
        Points of the expected stock, and of the band around it.
    levels
        The height of each level and its name.
    grid
        The height of each grid line and its litres.
    days
        The place of each seventh day.
    """

    line: str
    area: str
    levels: Sequence[tuple[float, str]]
    grid: Sequence[tuple[float, float]]
    days: Sequence[tuple[float, date]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = HEIGHT - BOTTOM


def stock_chart(forecast: StockForecast) -> StockChart | None:
    """Return the chart of a forecast; None without one."""
    if forecast.paths is None or forecast.drawn is None:
        return None
    low, high = band(forecast.drawn)
    levels = _levels(forecast)
    path = forecast.paths.levels[0]
    top = _round_up(max(float(high.max()), float(path.max()), *levels.values(), ML_PER_LITRE))

    def points(values: NDArray[np.float64], days: Sequence[int]) -> list[str]:
        return [f"{_x(day)},{_y(float(values[day]), top)}" for day in days]

    there = range(HORIZON + 1)
    return StockChart(
        line=" ".join(points(path, there)),
        area=" ".join([*points(high, there), *points(low, there[::-1])]),
        levels=[(_y(ml, top), name) for name, ml in levels.items()],
        grid=[
            (_y(top * step / GRID, top), top * step / GRID / ML_PER_LITRE)
            for step in range(GRID + 1)
        ],
        days=[(_x(day), forecast.today + timedelta(days=day)) for day in range(0, HORIZON + 1, 7)],
    )


def _levels(forecast: StockForecast) -> Mapping[str, float]:
    found = forecast.levels
    days = {"target": found.target, "short": found.short, "critical": found.critical}
    demand = forecast.demand.ml_per_day
    return {name: count * demand for name, count in days.items()} if demand > 0 else {}


def _x(day: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * day / HORIZON, 1)


def _y(ml: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * min(ml, top) / top, 1)


def _round_up(ml: float) -> float:
    """Return the next volume whose quarters are plain litres."""
    power = 10.0 ** np.floor(np.log10(ml))
    return float(next(power * times for times in (1, 2, 4, 6, 8, 10) if power * times >= ml))
