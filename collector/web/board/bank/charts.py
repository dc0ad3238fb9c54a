"""Charts drawn by the server: bars by day in one or two series, bars by name, and calibration."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 180
LEFT, BOTTOM, TOP = 48, 24, 8
STEPS = 4
MOST_LABELS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartColumn:
    """A vertical bar: position, height and series."""

    x: float
    y: float
    width: float
    height: float
    series: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """Two series side by side over the days."""

    columns: tuple[ChartColumn, ...]
    labels: tuple[tuple[float, int], ...]
    """Positions of day labels, each with its row of the data."""
    lines: tuple[tuple[float, float], ...]
    """Positions of horizontal lines, each with its value."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def paired(rows: Sequence[tuple[float, ...]]) -> BarChart | None:
    """Draw one or two values per row as bars side by side; return None without values."""
    highest = max((value for row in rows for value in row), default=0)
    if highest <= 0:
        return None
    top = _round_up(highest)
    floor, room = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP
    pitch = (WIDTH - LEFT) / len(rows)
    bar = min(28.0, 0.8 * pitch / max(len(rows[0]), 1))
    columns = []
    for place, row in enumerate(rows):
        begin = LEFT + pitch * (place + 0.5) - bar * len(row) / 2
        for series, value in enumerate(row):
            height = round(room * value / top, 1)
            columns.append(
                ChartColumn(
                    x=round(begin + bar * series, 1),
                    y=round(floor - height, 1),
                    width=round(bar - 1, 1),
                    height=height,
                    series=series,
                )
            )
    every = -(-len(rows) // MOST_LABELS)
    return BarChart(
        columns=tuple(columns),
        labels=tuple(
            (round(LEFT + pitch * (place + 0.5), 1), place) for place in range(0, len(rows), every)
        ),
        lines=tuple(
            (round(floor - room * step / STEPS, 1), top * step / STEPS) for step in range(STEPS + 1)
        ),
    )


SQUARE = 320
"""Side of a calibration chart."""
RIGHT = 24
"""Room for half of the last label of a calibration chart."""
STEP_PERCENT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationPoint:
    """A mean chance and the share that came true, with its interval from `top` to `bottom`."""

    x: float
    y: float
    top: float
    bottom: float
    series: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationChart:
    """Points over a diagonal: on it, exactly as many came true as was foretold."""

    points: tuple[CalibrationPoint, ...]
    lines: tuple[tuple[float, float, int], ...]
    """Per grid line its x, its y and its percent."""
    size: int = SQUARE
    left: int = LEFT
    bottom: int = SQUARE - BOTTOM
    top: int = TOP
    right: int = SQUARE - RIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationValue:
    """A value of a calibration chart, in percent."""

    foretold: float
    share: float
    least: float
    most: float
    series: int


def calibrated(values: Sequence[CalibrationValue]) -> CalibrationChart | None:
    """Draw chances foretold against shares that came true; return None without values.

    Both axes begin at the ten percent below the smallest value.
    """
    if not values:
        return None
    smallest = min(min(each.foretold, each.least) for each in values)
    floor = min(STEP_PERCENT * int(smallest // STEP_PERCENT), 100 - STEP_PERCENT)
    room_x, room_y = SQUARE - LEFT - RIGHT, SQUARE - BOTTOM - TOP

    def x(percent: float) -> float:
        return round(LEFT + room_x * (percent - floor) / (100 - floor), 1)

    def y(percent: float) -> float:
        return round(SQUARE - BOTTOM - room_y * (percent - floor) / (100 - floor), 1)

    step = STEP_PERCENT * (-(-(100 - floor) // (5 * STEP_PERCENT)))
    return CalibrationChart(
        points=tuple(
            CalibrationPoint(
                x=x(each.foretold),
                y=y(each.share),
                top=y(each.most),
                bottom=y(each.least),
                series=each.series,
            )
            for each in values
        ),
        lines=tuple((x(at), y(at), at) for at in range(100, floor - 1, -step)),
    )


def shares(values: Sequence[int]) -> list[float]:
    """Return each value in per cent of the largest."""
    highest = max(values, default=0)
    return [round(100 * value / highest, 1) if highest else 0.0 for value in values]


def _round_up(value: float) -> float:
    """Return the next number that divides well into four lines."""
    power = 1.0
    while power * 10 <= value:
        power *= 10
    while power > value:
        power /= 10
    for times in (1, 2, 4, 6, 8, 10):
        if value <= power * times:
            return power * times
    return power * 10
