"""Random number generator of the kernel: the same seed gives the same sequence.

Source: Marsaglia, Xorshift RNGs, Journal of Statistical Software 8(14), 2003.
"""

import numpy as np

from routing.compiled import inner
from routing.kernel.memory_layout import SearchState

BITS = 31
"""Bits of a random number."""


@inner
def randbits(state: SearchState) -> int:
    """Return a random integer of `BITS` bits."""
    x = np.uint64(np.int64(state.random_state))
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state.random_state = int(np.int64(x))
    return int(np.int64(x >> np.uint64(64 - BITS)))


@inner
def randint(state: SearchState, high: int) -> int:
    """Return a random integer from 0 to `high` - 1."""
    return (randbits(state) * high) >> BITS


@inner
def rand(state: SearchState) -> float:
    """Return a random number above 0 and below 1."""
    return (randbits(state) + 0.5) / (1 << BITS)
