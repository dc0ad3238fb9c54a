"""Curves of the demonstration's pasteuriser, as its logger writes them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from collector.demo.bench import dice_of

SERIAL = "S90-0412"
STEP = timedelta(minutes=2)
PROBES = ("flacon 1", "flacon 2")
WARMING, HOLDING, COOLING = 10, 17, 10
"""Readings of each part: 17 at two minutes are a plateau of 32 minutes."""
COLD_AT_FIRST, COLD_AT_LAST = 12.0, 6.0
HELD_AT, PEAK = 62.9, 64.4
FAILED_AFTER = 9
"""Readings of the plateau after which a failed heating cools down for two minutes."""
DIP = 61.8


class CurveStory(StrEnum):
    """The course of a cycle."""

    GOOD = "good"
    PEAK = "peak"
    """One reading is above the maximum."""
    DIP = "dip"
    """One reading in the plateau is below the temperature of pasteurisation."""


def curve_file(began_at: datetime, story: CurveStory) -> tuple[bytes, datetime]:
    """Return the file of a cycle's logger in UTC, and the instant of its last reading."""
    dice = dice_of(f"curve {began_at}")
    lines, last = [f"# serial: {SERIAL}", "time,probe,celsius"], began_at
    for place, celsius in enumerate(_course(story)):
        last = began_at + place * STEP
        for probe in PROBES:
            shown = celsius + dice.uniform(-0.2, 0.2)
            lines.append(f"{last:%Y-%m-%dT%H:%M:%S},{probe},{shown:.1f}")
    return "\n".join(lines).encode(), last


def _course(story: CurveStory) -> Iterator[float]:
    for place in range(WARMING):
        yield COLD_AT_FIRST + (HELD_AT - COLD_AT_FIRST) * place / WARMING
    for place in range(HOLDING):
        if story is CurveStory.DIP and place == FAILED_AFTER:
            yield DIP
        elif story is CurveStory.PEAK and place == 1:
            yield PEAK
        else:
            yield HELD_AT
    for place in range(1, COOLING + 1):
        yield HELD_AT - (HELD_AT - COLD_AT_LAST) * place / COOLING
