"""Series of temperatures, packed: six bytes a reading before compression."""

import zlib
from array import array
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from collector.laboratory.heating.profiles import ProbeReading

HUNDREDTHS = 100


def packed(readings: Mapping[int, int]) -> bytes:
    """Return hundredths of a degree by the second of the day, in their compressed form."""
    seconds = sorted(readings)
    temperatures = array("h", (readings[second] for second in seconds))
    return zlib.compress(array("I", seconds).tobytes() + temperatures.tobytes())


def unpacked(series: bytes) -> dict[int, int]:
    """Return hundredths of a degree by the second of the day."""
    content = zlib.decompress(series)
    seconds, temperatures = array("I"), array("h")
    count = len(content) // (seconds.itemsize + temperatures.itemsize)
    seconds.frombytes(content[: count * seconds.itemsize])
    temperatures.frombytes(content[count * seconds.itemsize :])
    return dict(zip(seconds, temperatures, strict=True))


def by_day(readings: Iterable[ProbeReading]) -> dict[date, dict[int, int]]:
    """Return readings in hundredths of a degree by day of UTC and second of the day."""
    found: dict[date, dict[int, int]] = {}
    for reading in readings:
        at = reading.at.astimezone(UTC)
        second = at.hour * 3600 + at.minute * 60 + at.second
        day = found.setdefault(at.date(), {})
        day[second] = warmer(day.get(second), round(reading.celsius * HUNDREDTHS))
    return found


def warmer(known: int | None, new: int) -> int:
    """Return the warmer of two temperatures of one instant."""
    return new if known is None else max(known, new)


def start_of(day: date) -> datetime:
    """Return the first instant of a day of UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def readings_of(day: date, series: bytes) -> list[ProbeReading]:
    """Return the readings of a day, in order of time."""
    midnight = start_of(day)
    return [
        ProbeReading(midnight + timedelta(seconds=second), hundredths / HUNDREDTHS)
        for second, hundredths in unpacked(series).items()
    ]
