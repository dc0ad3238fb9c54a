"""Charts drawn by the server: bars by day in one or two series, and bars by name."""

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
