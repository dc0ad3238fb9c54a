"""Random draws with a name: equal names have equal draws, in whatever order they are asked for.

A plan that is changed by one stop then meets the same days as before (common random numbers), and
the difference between two plans is not hidden by luck.

Source of the generator: Steele, Lea and Flood, Fast splittable pseudorandom number generators,
OOPSLA 2014 (SplitMix64).
"""

import math
from typing import Final

import numpy as np

from routing.compiled import inner, wrapping

# The kinds of draws, mixed into their names.
OF_DAY, OF_HOUR, OF_LEG, OF_DOOR, OF_NO_SHOW, OF_DEPARTURE = range(6)

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)
_BITS: Final = (np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11))
_UNIT: Final = 2.0**-53

TAIL: Final = 0.5
"""Bound above which numbers are drawn from the tail; below it three in ten and more are above."""

TRIALS: Final = 60
"""Draws until one is accepted: none of them is, once in a thousand million."""


@inner
@wrapping
def mix(name: np.uint64, value: int) -> np.uint64:
    """Return the name of a draw below another name."""
    mixed = (name ^ np.uint64(value)) + _GOLDEN
    mixed = (mixed ^ (mixed >> _BITS[0])) * _FIRST
    mixed = (mixed ^ (mixed >> _BITS[1])) * _SECOND
    return mixed ^ (mixed >> _BITS[2])


@inner
def uniform(name: np.uint64) -> float:
    """Return a number between 0 and 1, neither of them included."""
    return (float(name >> _BITS[3]) + 0.5) * _UNIT


@inner
def normal(name: np.uint64) -> float:
    """Return a number of the standard normal distribution (Box and Muller, 1958)."""
    radius = math.sqrt(-2.0 * math.log(uniform(name)))
    return radius * math.cos(2.0 * math.pi * uniform(mix(name, 1)))


@inner
def factor(name: np.uint64, scale: float) -> float:
    """Return a lognormal factor of mean 1; `scale` is the standard deviation of its logarithm."""
    if scale == 0.0:
        return 1.0
    return math.exp(scale * normal(name) - 0.5 * scale * scale)


@inner
def factor_above(name: np.uint64, scale: float, least: float) -> float:
    """Return a lognormal factor of mean 1, given that it is at least so large."""
    if scale == 0.0:
        return max(1.0, least)
    bound = math.log(least) / scale + 0.5 * scale
    return math.exp(scale * _normal_above(name, bound) - 0.5 * scale * scale)


@inner
def _normal_above(name: np.uint64, bound: float) -> float:
    """Return a number of the standard normal distribution, given that it is above a bound.

    A number is drawn until one is accepted, in the tail by Marsaglia's method (Generating a
    variable from the tail of the normal distribution, Technometrics 6, 1964).
    """
    for trial in range(TRIALS):
        drawn = normal(name if trial == 0 else mix(name, 3 * trial + 2))
        if drawn > bound:
            return drawn
        if bound > TAIL:
            drawn = math.sqrt(bound * bound - 2.0 * math.log(uniform(mix(name, 3 * trial + 3))))
            if uniform(mix(name, 3 * trial + 4)) * drawn < bound:
                return drawn
    return bound
