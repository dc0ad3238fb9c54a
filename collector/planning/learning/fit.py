"""Robust fits of factors: effects of hour, sector, road, purpose, donor and collector.

The logarithm of actual over foreseen time is a sum of effects. Each effect is drawn towards none at
all with the weight of some observations (ridge regression), and an observation far off counts less
(Huber's weights, by iteration). An effect with too few observations stays at none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, expm1, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

HUBER: Final = 1.5
"""Standard deviations from which an observation counts less."""
ROUNDS: Final = 12
SETTLED: Final = 1e-4
"""Change of a logarithm below which the iteration ends."""
PRIOR_WEIGHT: Final = 20.0
"""Observations that the spread of all others weighs beside those of one effect."""
LEAST_DEVIATION: Final = 0.02
FARTHEST: Final = 1.1
"""Logarithm of the largest factor that is believed: three times as long, or a third."""

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One effect: its factor, the spread of single observations in percent, their number."""

    factor: float
    spread_percent: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectGroup:
    """Effects that exclude one another, or shares of several.

    Attributes
    ----------
    names
        Of the columns.
    shares
        One row per observation: the weight of each effect in it, at most 1 in all.
    least
        Observations below which an effect stays at none; a share counts as its part of one.
    shrinkage
        Observations that no effect at all weighs.
    """

    names: tuple[str, ...]
    shares: Reals
    least: float
    shrinkage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The effects of each group by name, and their unexplained rest.

    Attributes
    ----------
    residuals
        Logarithms, one per observation.
    """

    effects: Mapping[str, Mapping[str, Effect]]
    residuals: Reals
    deviation: float


def fit_effects(logarithms: Reals, groups: Mapping[str, EffectGroup]) -> Fit:
    """Fit the effects of several groups at once.

    Parameters
    ----------
    logarithms
        Of actual over foreseen time, one per observation.
    """
    kept = {name: _enough(group) for name, group in groups.items()}
    columns = [groups[name].shares[:, kept[name]] for name in groups]
    design = np.hstack(columns) if columns else np.zeros((len(logarithms), 0))
    penalty = np.concatenate(
        [np.full(len(kept[name]), groups[name].shrinkage) for name in groups] or [np.zeros(0)]
    )
    solution, weights = _robust(design, logarithms, penalty)
    residuals = logarithms - design @ solution
    deviation = max(_deviation(residuals, weights), LEAST_DEVIATION)
    effects: dict[str, dict[str, Effect]] = {}
    at = 0
    for name, group in groups.items():
        effects[name] = {}
        for column in kept[name]:
            share = group.shares[:, column]
            effects[name][group.names[column]] = _effect(
                float(solution[at]), share, residuals, deviation
            )
            at += 1
    return Fit(effects=effects, residuals=residuals, deviation=deviation)


def percent(deviation: float) -> float:
    """Return the spread of a lognormal factor in percent, from the deviation of its logarithm."""
    return 100 * sqrt(expm1(deviation**2))


def day_deviation(residuals: Reals, days: Sequence[int]) -> tuple[float, float]:
    """Return the deviations within drives of a day and between them (analysis of variance)."""
    _, day = np.unique(np.asarray(days), return_inverse=True)
    counts = np.bincount(day)
    clipped = np.clip(residuals, *(np.array([-4, 4]) * max(np.std(residuals), LEAST_DEVIATION)))
    means = np.bincount(day, weights=clipped) / counts
    free = len(residuals) - len(counts)
    within = float(((clipped - means[day]) ** 2).sum() / free) if free > 0 else 0.0
    if len(counts) < 2:  # noqa: PLR2004 - one day tells nothing of others
        return sqrt(within), 0.0
    between = float(((means - means.mean()) ** 2).sum() / (len(counts) - 1))
    shared = between - within * float((1 / counts).mean())
    return sqrt(within), sqrt(max(0.0, shared))


def _enough(group: EffectGroup) -> NDArray[np.int64]:
    return np.flatnonzero(group.shares.sum(axis=0) >= group.least)


def _robust(design: Reals, values: Reals, penalty: Reals) -> tuple[Reals, Reals]:
    """Return the effects and the weights of the observations."""
    weights: Reals = np.ones(len(values))
    solution: Reals = np.zeros(design.shape[1])
    if not design.shape[1]:
        return solution, weights
    products = _products(design)
    for _ in range(ROUNDS):
        solved = np.linalg.solve(
            products(weights) + np.diag(penalty), design.T @ (weights * values)
        )
        before, solution = solution, np.asarray(np.clip(solved, -FARTHEST, FARTHEST), np.float64)
        residuals: Reals = values - design @ solution
        scale = max(1.4826 * float(np.median(np.abs(residuals))), LEAST_DEVIATION)
        distance = np.abs(residuals) / (HUBER * scale)
        weights = np.asarray(1 / np.maximum(distance, 1), np.float64)
        if float(np.abs(solution - before).max()) < SETTLED:
            break
    return solution, weights


def _products(design: Reals) -> Callable[[Reals], Reals]:
    """Return the function from weights to the products of all pairs of columns.

    Most effects exclude one another: of hundreds of donors an observation has one. So the products
    of its few columns are added up, unless nearly every column has a part in it.
    """
    columns = design.shape[1]
    most = int((design != 0).sum(axis=1).max(initial=0))
    if most**2 >= columns:
        return lambda weights: np.asarray(design.T @ (design * weights[:, None]), np.float64)
    at = np.argsort(design == 0, axis=1, kind="stable")[:, :most]
    shares = np.take_along_axis(design, at, axis=1)
    pairs = (at[:, :, None] * columns + at[:, None, :]).ravel()
    parts = shares[:, :, None] * shares[:, None, :]

    def added_up(weights: Reals) -> Reals:
        weighted = (parts * weights[:, None, None]).ravel()
        found = np.bincount(pairs, weighted, columns**2).reshape(columns, columns)
        return np.asarray(found, np.float64)

    return added_up


def _deviation(residuals: Reals, weights: Reals) -> float:
    return sqrt(float((weights * residuals**2).sum()) / max(float(weights.sum()), 1.0))


def _effect(logarithm: float, share: Reals, residuals: Reals, deviation: float) -> Effect:
    """Return an effect with its own spread, drawn towards that of all observations."""
    count = float(share.sum())
    limit = 3 * deviation
    squares = float((share * np.clip(residuals, -limit, limit) ** 2).sum())
    variance = (squares + PRIOR_WEIGHT * deviation**2) / (count + PRIOR_WEIGHT)
    return Effect(factor=exp(logarithm), spread_percent=percent(sqrt(variance)), count=round(count))
