"""Turn restrictions of the road graph: a junction with one is split into parts.

Each arc out of such a junction begins at a part of its own. A forbidden arc into it ends at a part
of its own, joined to the beginnings of the permitted arcs only. The joining arcs take no time.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.travel.osm_extract import Restriction

Numbers = NDArray[np.int64]


class Arcs(NamedTuple):
    """Directed arcs; `piece` is -1 for a joining arc."""

    tail: Numbers
    head: Numbers
    centiseconds: Numbers
    metres: Numbers
    piece: Numbers
    against: NDArray[np.bool_]


def restrict_turns(
    arcs: Arcs,
    restrictions: Sequence[Restriction],
    places: Mapping[int, int],
    roads: Numbers,
    nodes: int,
) -> tuple[Arcs, int]:
    """Apply turn restrictions, and return the arcs with the new number of nodes.

    Parameters
    ----------
    places
        Node by OpenStreetMap's number of each junction with a restriction.
    roads
        OpenStreetMap's number of the road per piece.
    nodes
        The number of nodes so far.
    """
    tail, head = arcs.tail.copy(), arcs.head.copy()
    rows = {place: number for number, place in places.items()}
    into = _at(head, rows)
    out_of = _at(tail, rows)
    joins: list[tuple[int, int]] = []
    for place, number in rows.items():
        here = [each for each in restrictions if each.via == number]
        banned = _banned(here, into[place], out_of[place], arcs, roads)
        if not any(banned.values()):
            continue
        beginnings = {}
        for arc in out_of[place]:
            beginnings[arc] = nodes
            tail[arc] = nodes
            joins.append((place, nodes))
            nodes += 1
        for arc, forbidden in banned.items():
            if forbidden:
                head[arc] = nodes
                joins.extend((nodes, at) for out, at in beginnings.items() if out not in forbidden)
                nodes += 1
    return _joined(arcs._replace(tail=tail, head=head), joins), nodes


def _at(ends: Numbers, places: Mapping[int, int]) -> dict[int, list[int]]:
    """Return the arcs at each place."""
    found: dict[int, list[int]] = {place: [] for place in places}
    for arc in np.flatnonzero(np.isin(ends, list(places))):
        found[int(ends[arc])].append(int(arc))
    return found


def _banned(
    restrictions: Sequence[Restriction],
    into: Sequence[int],
    out_of: Sequence[int],
    arcs: Arcs,
    roads: Numbers,
) -> dict[int, set[int]]:
    """Return the forbidden arcs out of a junction for each arc into it."""
    road = {arc: int(roads[arcs.piece[arc]]) for arc in (*into, *out_of)}
    banned: dict[int, set[int]] = {arc: set() for arc in into}
    for rule in restrictions:
        targets = {arc for arc in out_of if road[arc] == rule.target}
        if not targets:
            continue
        for arc in into:
            if road[arc] == rule.source:
                banned[arc] |= set(out_of) - targets if rule.only else targets
    return banned


def _joined(arcs: Arcs, joins: Sequence[tuple[int, int]]) -> Arcs:
    if not joins:
        return arcs
    ends = np.array(joins, np.int64).T
    nothing = np.zeros(len(joins), np.int64)
    added = Arcs(
        tail=ends[0],
        head=ends[1],
        centiseconds=nothing,
        metres=nothing,
        piece=nothing - 1,
        against=np.zeros(len(joins), np.bool_),
    )
    return Arcs(*(np.concatenate(columns) for columns in zip(arcs, added, strict=True)))
