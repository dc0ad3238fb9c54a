"""The learned times of driven rounds, and their errors on days that they were not learned from."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import exp, log
from typing import Final

import numpy as np

from collector.planning.learning.fit import (
    Effect,
    EffectGroup,
    Fit,
    day_deviation,
    fit_effects,
    percent,
)
from collector.planning.learning.traces import Halt, Trace
from collector.roads.learned import HourClass
from collector.roads.models import LearnedKind
from routing.travel.road_tags import CLASSES

LEAST_LEGS: Final = 30
LEAST_VISITS: Final = 10
LEAST_OF_A_DONOR: Final = 3
"""Observations below which a value stays that of the roads, or of the policies."""
EFFECTS: Final = {
    LearnedKind.HOUR: (LEAST_LEGS, 3.0),
    LearnedKind.SECTOR: (LEAST_LEGS, 15.0),
    LearnedKind.ROAD: (LEAST_LEGS, 15.0),
    LearnedKind.PURPOSE: (LEAST_VISITS, 3.0),
    LearnedKind.DONOR: (LEAST_OF_A_DONOR, 4.0),
    LearnedKind.COLLECTOR: (LEAST_LEGS, 15.0),
}
"""Least observations and shrinkage: the general effects are drawn towards none the least, so that
the particular ones tell only their difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimesModel:
    """Learned effects by kind and key."""

    effects: Mapping[LearnedKind, Mapping[str, Effect]] = field(default_factory=dict)
    legs: int = 0
    doors: int = 0

    def factor(self, kind: LearnedKind, key: str) -> float:
        """Return a factor; 1 for one that is not learned."""
        found = self.effects.get(kind, {}).get(key)
        return found.factor if found else 1.0

    def leg_seconds(self, halt: Halt, hour: HourClass) -> float:
        """Return the expected seconds of the leg to a visit."""
        roads = sum(
            share * self.factor(LearnedKind.ROAD, name)
            for name, share in _road_shares(halt).items()
        )
        factor = self.factor(LearnedKind.HOUR, hour) * self.factor(LearnedKind.SECTOR, halt.sector)
        return halt.base * factor * (roads or 1.0)

    def door_seconds(self, halt: Halt) -> float:
        """Return the expected seconds at a door."""
        return halt.minutes * (
            self.factor(LearnedKind.PURPOSE, halt.purposes)
            * self.factor(LearnedKind.DONOR, str(halt.donor_id))
            * self.factor(LearnedKind.COLLECTOR, str(halt.collector_id))
        )


FREE_FLOW: Final = TimesModel()


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningErrors:
    """Mean absolute errors in seconds on the days held out; None without any."""

    days: int
    arrival: float | None
    leg: float | None
    door: float | None


def learn_times(
    rounds: Sequence[Trace], kinds: Collection[LearnedKind] = frozenset(EFFECTS)
) -> TimesModel:
    """Learn the times of driven rounds.

    Parameters
    ----------
    kinds
        Effects to learn; the spreads are those around them.
    """
    driving, drives = _driving(rounds)
    doors = [halt for each in rounds for halt in each.halts if halt.door_teaches]
    effects: dict[LearnedKind, Mapping[str, Effect]] = {}
    if driving:
        effects |= _driving_effects(driving, drives, kinds)
    if doors:
        effects |= _door_effects(doors, kinds)
    return TimesModel(effects=effects, legs=len(driving), doors=len(doors))


def errors_of(rounds: Sequence[tuple[Trace, TimesModel]]) -> LearningErrors:
    """Return the errors on driven rounds, each with the model that foresees it."""
    legs = [
        model.leg_seconds(halt, trace.hour(begin)) - seconds
        for trace, model in rounds
        for begin, seconds, halt in trace.legs()
        if halt.leg_teaches
    ]
    doors = [
        model.door_seconds(halt) - halt.at_door
        for trace, model in rounds
        for halt in trace.halts
        if halt.door_teaches
    ]
    return LearningErrors(
        days=len({trace.day for trace, _ in rounds}),
        arrival=_mean(arrival_errors(rounds)),
        leg=_mean(legs),
        door=_mean(doors),
    )


def arrival_errors(rounds: Iterable[tuple[Trace, TimesModel]]) -> list[float]:
    """Return by how many seconds each arrival was foreseen too late."""
    return [
        (expected - halt.arrived).total_seconds()
        for trace, model in rounds
        for expected, halt in zip(arrivals_of(trace, model), trace.halts, strict=True)
    ]


def arrivals_of(trace: Trace, model: TimesModel) -> list[datetime]:
    """Return the arrivals of a round as foreseen at its departure."""
    free, found = trace.departed, []
    for halt in trace.halts:
        free += timedelta(seconds=model.leg_seconds(halt, trace.hour(free)))
        found.append(free)
        free = max(free, halt.opens) + timedelta(seconds=model.door_seconds(halt))
    return found


_Leg = tuple[HourClass, float, Halt]


def _driving(rounds: Iterable[Trace]) -> tuple[list[_Leg], list[int]]:
    """Return the legs, and for each the number of its round."""
    found = [
        ((trace.hour(begin), seconds, halt), number)
        for number, trace in enumerate(rounds)
        for begin, seconds, halt in trace.legs()
        if halt.leg_teaches
    ]
    return [leg for leg, _ in found], [number for _, number in found]


def _driving_effects(
    legs: Sequence[_Leg], drives: Sequence[int], kinds: Collection[LearnedKind]
) -> dict[LearnedKind, Mapping[str, Effect]]:
    logarithms = np.array([log(seconds / halt.base) for _, seconds, halt in legs])
    groups: dict[str, EffectGroup] = {}
    if LearnedKind.HOUR in kinds:
        hours = [hour for hour, _, _ in legs]
        groups[LearnedKind.HOUR] = _indicators(LearnedKind.HOUR, hours)
    if LearnedKind.SECTOR in kinds:
        sectors = [halt.sector for _, _, halt in legs]
        groups[LearnedKind.SECTOR] = _indicators(LearnedKind.SECTOR, sectors)
    if LearnedKind.ROAD in kinds and any(halt.classes for _, _, halt in legs):
        groups[LearnedKind.ROAD] = _road_group([halt for _, _, halt in legs])
    fit = fit_effects(logarithms, groups)
    within, between = day_deviation(fit.residuals, drives)
    found = _as_kinds(fit, mean_of=LearnedKind.HOUR, deviation=within)
    if len(legs) >= LEAST_LEGS:
        for kind, deviation in (
            (LearnedKind.LEG_SPREAD, within),
            (LearnedKind.DAY_SPREAD, between),
        ):
            spread = percent(deviation)
            found[kind] = {"": Effect(factor=1.0, spread_percent=spread, count=len(legs))}
    return found


def _door_effects(
    doors: Sequence[Halt], kinds: Collection[LearnedKind]
) -> dict[LearnedKind, Mapping[str, Effect]]:
    logarithms = np.array([log(halt.at_door / halt.minutes) for halt in doors])
    keys: dict[LearnedKind, Callable[[Halt], str]] = {
        LearnedKind.PURPOSE: lambda halt: halt.purposes,
        LearnedKind.DONOR: lambda halt: str(halt.donor_id),
        LearnedKind.COLLECTOR: lambda halt: str(halt.collector_id),
    }
    groups: dict[str, EffectGroup] = {
        kind: _indicators(kind, [key(halt) for halt in doors])
        for kind, key in keys.items()
        if kind in kinds
    }
    fit = fit_effects(logarithms, groups)
    return _as_kinds(fit, mean_of=LearnedKind.PURPOSE, deviation=fit.deviation)


def _as_kinds(
    fit: Fit, *, mean_of: LearnedKind, deviation: float
) -> dict[LearnedKind, Mapping[str, Effect]]:
    """Return the effects; those of one kind carry a lognormal factor's mean over its median."""
    mean = exp(deviation**2 / 2)
    return {
        LearnedKind(kind): {
            key: Effect(
                factor=effect.factor * (mean if kind == mean_of else 1.0),
                spread_percent=effect.spread_percent,
                count=effect.count,
            )
            for key, effect in effects.items()
        }
        for kind, effects in fit.effects.items()
    }


def _indicators(kind: LearnedKind, keys: Sequence[str]) -> EffectGroup:
    names, column = np.unique(list(keys), return_inverse=True)
    shares = np.zeros((len(keys), len(names)))
    shares[np.arange(len(keys)), column] = 1.0
    return _group(kind, [str(name) for name in names], shares)


def _road_group(halts: Sequence[Halt]) -> EffectGroup:
    shares = np.zeros((len(halts), len(CLASSES)))
    for row, halt in enumerate(halts):
        for name, share in _road_shares(halt).items():
            shares[row, CLASSES.index(name)] = share
    return _group(LearnedKind.ROAD, list(CLASSES), shares)


def _group(kind: LearnedKind, names: Sequence[str], shares: np.ndarray) -> EffectGroup:
    least, shrinkage = EFFECTS[kind]
    return EffectGroup(names=tuple(names), shares=shares, least=least, shrinkage=shrinkage)


def _road_shares(halt: Halt) -> dict[str, float]:
    whole = sum(halt.classes)
    if not whole:
        return {}
    return {
        name: seconds / whole
        for name, seconds in zip(CLASSES, halt.classes, strict=True)
        if seconds > 0
    }


def _mean(errors: Sequence[float]) -> float | None:
    return float(np.mean(np.abs(errors))) if errors else None
