"""The largest strongly connected part of a directed graph."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

TRIES: Final = 200
"""Nodes to begin from, spread evenly; of a road network the first or second is mostly enough."""


def largest_component(
    tail: NDArray[np.int32], head: NDArray[np.int32], nodes: int
) -> NDArray[np.bool_]:
    """Return, per node, whether it belongs to the largest strongly connected part found.

    Nodes to begin from are spread evenly; the search ends when no larger part can remain.
    """
    forward, backward = _rows(tail, head, nodes), _rows(head, tail, nodes)
    best = np.zeros(nodes, np.bool_)
    open_ = np.ones(nodes, np.bool_)
    step = max(1, nodes // TRIES)
    for seed in (*range(0, nodes, step), *range(nodes)) if nodes else ():
        if not open_[seed]:
            continue
        part = _reached(*forward, seed) & _reached(*backward, seed)
        open_ &= ~part
        if part.sum() > best.sum():
            best = part
        if best.sum() >= open_.sum():
            return best
    return best


def _rows(
    tail: NDArray[np.int32], head: NDArray[np.int32], nodes: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the first arc of each node in an array of heads sorted by tail."""
    starts = np.concatenate(([0], np.cumsum(np.bincount(tail, minlength=nodes))))
    return starts, head[np.argsort(tail, kind="stable")]


def _reached(starts: NDArray[np.int64], heads: NDArray[np.int32], seed: int) -> NDArray[np.bool_]:
    seen = np.zeros(len(starts) - 1, np.bool_)
    seen[seed] = True
    front = np.array([seed])
    while len(front):
        counts = starts[front + 1] - starts[front]
        first = np.repeat(starts[front] - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
        found = heads[np.arange(len(first)) + first]
        front = np.unique(found[~seen[found]])
        seen[front] = True
    return seen
