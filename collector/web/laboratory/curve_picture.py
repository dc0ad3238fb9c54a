"""Picture of a curve: one line per probe, the limit, the plateau; in units of the drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.laboratory.heating.judgement import HeatLimits, Interval
from collector.laboratory.heating.profiles import CurveFile, ProbeReading

WIDTH, HEIGHT = 720, 260
LEFT, BOTTOM = 40, 24
MOST_POINTS = 360
"""Points of a drawn line: of more readings, the coldest of each stretch is drawn."""
TOP_CELSIUS = 75.0
GRID_CELSIUS = (0, 20, 40, 60)
TICK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePicture:
    """A curve in the units of its drawing."""

    lines: Sequence[tuple[str, str]]
    """The name and the points of each probe."""
    limit_y: float
    plateau: tuple[float, float] | None
    """The left edge and the width of the plateau."""
    ticks: Sequence[tuple[float, datetime]]
    grid: Sequence[tuple[float, int]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = BOTTOM


def picture_of(curve: CurveFile, limits: HeatLimits, plateau: Interval | None) -> CurvePicture:
    """Return the picture of a curve with its plateau."""
    first, seconds = curve.first, max((curve.last - curve.first).total_seconds(), 1)

    def x(at: datetime) -> float:
        share = (at - first).total_seconds() / seconds
        return round(LEFT + share * (WIDTH - LEFT), 1)

    ticks = range(int(seconds // TICK.total_seconds()) + 1)
    return CurvePicture(
        lines=[
            (probe, " ".join(f"{x(each.at)},{_y(each.celsius)}" for each in _thinned(readings)))
            for probe, readings in curve.probes.items()
        ],
        limit_y=_y(float(limits.celsius)),
        plateau=(x(plateau[0]), round(x(plateau[1]) - x(plateau[0]), 1)) if plateau else None,
        ticks=[(x(first + n * TICK), first + n * TICK) for n in ticks],
        grid=[(_y(celsius), celsius) for celsius in GRID_CELSIUS],
    )


def _y(celsius: float) -> float:
    height = HEIGHT - BOTTOM
    return round(height - min(max(celsius, 0), TOP_CELSIUS) / TOP_CELSIUS * height, 1)


def _thinned(readings: Sequence[ProbeReading]) -> list[ProbeReading]:
    step = max(1, -(-len(readings) // MOST_POINTS))
    return [
        min(readings[start : start + step], key=lambda each: each.celsius)
        for start in range(0, len(readings), step)
    ]
