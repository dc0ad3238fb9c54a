"""Judgement of a curve: the plateau, and eight checks of one function each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any

from collector.banks.policies import Policies, PolicyKey
from collector.laboratory.heating.profiles import CurveFile, ProbeReading

WARM_CELSIUS = 58.0
"""Above it the milk is damaged with time."""
CLOCK_TOLERANCE = timedelta(minutes=10)
"""Largest difference between the logger's times and the cycle's."""

Interval = tuple[datetime, datetime]


class Colour(StrEnum):
    """The colour of a check: passed, to be decided by two people, failed."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class CurveCheckKey(StrEnum):
    """The eight checks of a curve."""

    FILE = "file"
    TIMES = "times"
    PLATEAU = "plateau"
    GAPS = "gaps"
    MAXIMUM = "maximum"
    WARM = "warm"
    COOLING = "cooling"
    DEVICE = "device"


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveCheck:
    """One check of a curve, with its figures."""

    key: CurveCheckKey
    colour: Colour
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatLimits:
    """The bank's limits of a cycle."""

    celsius: Decimal
    plateau: timedelta
    most_celsius: Decimal
    warm: timedelta
    cool_to_celsius: int
    cooling: timedelta
    gap: timedelta

    @classmethod
    def of(cls, policies: Policies) -> "HeatLimits":
        """Return the limits that a bank's policies set."""
        return cls(
            celsius=policies.decimal(PolicyKey.HEAT_CELSIUS),
            plateau=timedelta(minutes=policies[PolicyKey.HEAT_MINUTES]),
            most_celsius=policies.decimal(PolicyKey.HEAT_MOST_CELSIUS),
            warm=timedelta(minutes=policies[PolicyKey.HEAT_OVER_58_MINUTES]),
            cool_to_celsius=policies[PolicyKey.COOL_TO_CELSIUS],
            cooling=timedelta(minutes=policies[PolicyKey.COOL_MINUTES]),
            gap=timedelta(seconds=policies[PolicyKey.CURVE_GAP_SECONDS]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveSituation:
    """A curve beside its cycle, its device and the bank's limits."""

    curve: CurveFile
    limits: HeatLimits
    began_at: datetime
    ended_at: datetime
    day: date
    """The civil day of the cycle."""
    serial: str
    qualified_until: date
    calibrated_until: date
    is_new: bool
    """Whether no other cycle has this file."""

    @property
    def plateau(self) -> Interval | None:
        """The longest time during which every probe was hot enough, without a break."""
        return longest_plateau(self.curve, self.limits)


def longest_plateau(curve: CurveFile, limits: HeatLimits) -> Interval | None:
    """Return the longest time during which every probe was hot enough, without a break.

    Time counts only between two neighbouring readings of a probe that are both hot enough and at
    most the permitted gap apart.
    """
    common: list[Interval] | None = None
    for readings in curve.probes.values():
        runs = _runs(readings, float(limits.celsius), limits.gap)
        common = runs if common is None else _intersection(common, runs)
    return max(common or [], key=lambda run: run[1] - run[0], default=None)


def judge(situation: CurveSituation) -> list[CurveCheck]:
    """Return the eight checks of a curve."""
    return [check(situation) for check in CHECKS]


def file(situation: CurveSituation) -> CurveCheck:
    """Judge whether the file belongs to this cycle alone."""
    colour = Colour.GREEN if situation.is_new else Colour.RED
    return CurveCheck(key=CurveCheckKey.FILE, colour=colour)


def times(situation: CurveSituation) -> CurveCheck:
    """Judge whether the logger and its times match the cycle."""
    off = max(
        abs(situation.curve.first - situation.began_at),
        abs(situation.curve.last - situation.ended_at),
    )
    serial = situation.curve.serial
    matches = off <= CLOCK_TOLERANCE and serial in {"", situation.serial}
    return CurveCheck(
        key=CurveCheckKey.TIMES,
        colour=Colour.GREEN if matches else Colour.RED,
        figures={"minutes": round(off.total_seconds() / 60), "serial": serial},
    )


def plateau(situation: CurveSituation) -> CurveCheck:
    """Judge the time at the temperature of pasteurisation; a short one has no exception."""
    found = situation.plateau
    lasted = found[1] - found[0] if found else timedelta()
    passed = lasted >= situation.limits.plateau
    return CurveCheck(
        key=CurveCheckKey.PLATEAU,
        colour=Colour.GREEN if passed else Colour.RED,
        figures={"seconds": int(lasted.total_seconds())},
    )


def gaps(situation: CurveSituation) -> CurveCheck:
    """Judge holes between readings: red between two hot readings, amber elsewhere."""
    limits, hot = situation.limits, float(situation.limits.celsius)
    colour, longest = Colour.GREEN, timedelta()
    for readings in situation.curve.probes.values():
        for one, other in pairwise(readings):
            hole = other.at - one.at
            longest = max(longest, hole)
            if hole <= limits.gap:
                continue
            if one.celsius >= hot and other.celsius >= hot:
                colour = Colour.RED
            elif colour is Colour.GREEN:
                colour = Colour.AMBER
    seconds = int(longest.total_seconds())
    return CurveCheck(key=CurveCheckKey.GAPS, colour=colour, figures={"seconds": seconds})


def maximum(situation: CurveSituation) -> CurveCheck:
    """Judge the hottest reading."""
    hottest = max(each.celsius for each in _all(situation.curve))
    over = hottest > float(situation.limits.most_celsius)
    return CurveCheck(
        key=CurveCheckKey.MAXIMUM,
        colour=Colour.AMBER if over else Colour.GREEN,
        figures={"celsius": hottest},
    )


def warm(situation: CurveSituation) -> CurveCheck:
    """Judge the time above 58 °C of the probe that was warm for longest."""
    longest = max(
        sum((end - start for start, end in runs), timedelta())
        for runs in (
            _runs(readings, WARM_CELSIUS, situation.limits.gap)
            for readings in situation.curve.probes.values()
        )
    )
    over = longest > situation.limits.warm
    return CurveCheck(
        key=CurveCheckKey.WARM,
        colour=Colour.AMBER if over else Colour.GREEN,
        figures={"seconds": int(longest.total_seconds())},
    )


def cooling(situation: CurveSituation) -> CurveCheck:
    """Judge the time from the end of the plateau until every probe is cold."""
    limits, found = situation.limits, situation.plateau
    took = _cooled(situation.curve, found[1], limits.cool_to_celsius) if found else None
    passed = took is not None and took <= limits.cooling
    return CurveCheck(
        key=CurveCheckKey.COOLING,
        colour=Colour.GREEN if passed else Colour.AMBER,
        figures={"seconds": int(took.total_seconds()) if took is not None else None},
    )


def device(situation: CurveSituation) -> CurveCheck:
    """Judge whether the device was qualified and its probes calibrated on that day."""
    until = min(situation.qualified_until, situation.calibrated_until)
    return CurveCheck(
        key=CurveCheckKey.DEVICE,
        colour=Colour.GREEN if situation.day <= until else Colour.RED,
        figures={"until": until.isoformat()},
    )


CHECKS: tuple[Callable[[CurveSituation], CurveCheck], ...] = (
    file,
    times,
    plateau,
    gaps,
    maximum,
    warm,
    cooling,
    device,
)


def _runs(readings: Sequence[ProbeReading], least: float, gap: timedelta) -> list[Interval]:
    """Return the times during which a probe showed at least a temperature."""
    runs: list[Interval] = []
    for one, other in pairwise(readings):
        if one.celsius < least or other.celsius < least or other.at - one.at > gap:
            continue
        if runs and runs[-1][1] == one.at:
            runs[-1] = runs[-1][0], other.at
        else:
            runs.append((one.at, other.at))
    return runs


def _intersection(left: Iterable[Interval], right: Sequence[Interval]) -> list[Interval]:
    common = [(max(a[0], b[0]), min(a[1], b[1])) for a in left for b in right]
    return [(start, end) for start, end in common if start < end]


def _all(curve: CurveFile) -> Iterable[ProbeReading]:
    return (each for readings in curve.probes.values() for each in readings)


def _cooled(curve: CurveFile, since: datetime, celsius: int) -> timedelta | None:
    """Return the time until the last probe was cold, or None if one never was."""
    instants: list[datetime] = []
    for readings in curve.probes.values():
        cold = (each.at for each in readings if each.at >= since and each.celsius <= celsius)
        first = next(cold, None)
        if first is None:
            return None
        instants.append(first)
    return max(instants) - since
