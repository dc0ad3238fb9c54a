"""Knows how the kernel draws lots: the same seed always draws the same."""

import numpy as np

from routing.compiled import inner
from routing.kernel.memory_layout import CHANCE
from routing.timing.encoding import Whole

BITS = 31


@inner
def drawn(s: Whole) -> int:
    """A number of `BITS` bits (Marsaglia, Xorshift RNGs, 2003)."""
    x = np.uint64(s[CHANCE])
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    s[CHANCE] = np.int64(x)
    lot: int = np.int64(x >> np.uint64(64 - BITS))  # type: ignore[assignment]
    return lot


@inner
def below(s: Whole, most: int) -> int:
    """A whole number from 0 on and below `most`."""
    return (drawn(s) * most) >> BITS


@inner
def fraction(s: Whole) -> float:
    """A number above 0 and below 1."""
    return (drawn(s) + 0.5) / (1 << BITS)
