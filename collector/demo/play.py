"""Events of a collector's published round, as a phone would send them."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from collector.custody.numbers import number_of
from collector.pickups.models import Purpose

Said = dict[str, Any]
Snapshot = dict[str, Any]


Step = tuple[str, int | None, datetime, dict[str, Any]]
"""Kind, visit, instant and payload of an event."""

PLAYED = uuid.UUID("5b1f0c46-6f0e-4d6c-9d3e-5f5e0b0f7a11")
"""Namespace of the events' client ids: a replay sends the same ids."""


def said_of(round_: Snapshot, *, until: datetime | None = None) -> Iterator[Said]:
    """Yield the events of a round without incidents, in order.

    Parameters
    ----------
    until
        The last instant; None plays the round to its end.
    """
    clock = datetime.fromisoformat(round_["departs_at"])
    steps: list[Step] = [("started", None, clock, {})]
    on_board: list[str] = []
    steps += _emptyings(round_, None, on_board)
    for stop in round_["stops"]:
        arrived = datetime.fromisoformat(stop["arrives_at"])
        done = datetime.fromisoformat(stop["ends_at"])
        steps.append(("arrived", stop["pickup"], arrived, {}))
        steps.append(("collected", stop["pickup"], done, _record(stop)))
        on_board += [number_of(stop["pickup"], at) for at in range(1, _bottles(stop) + 1)]
        steps += _emptyings(round_, stop["pickup"], on_board)
    home = datetime.fromisoformat(round_["returns_at"]) + timedelta(minutes=5)
    steps.append(_hand_over(round_["end"]["site"], on_board, home))
    for sequence, (kind, pickup, at, payload) in enumerate(steps, start=1):
        if until is not None and at > until:
            return
        is_on_the_way = kind == "handed_over" and sequence < len(steps)
        what = f"{kind} {sequence}" if is_on_the_way else f"{kind} {pickup}"
        yield {
            "client_id": str(uuid.uuid5(PLAYED, f"{round_['round']} {what}")),
            "kind": kind,
            "pickup": pickup,
            "sequence": sequence,
            "device_at": at.isoformat(),
            "payload": payload,
        }


def _emptyings(round_: Snapshot, after: int | None, on_board: list[str]) -> list[Step]:
    """Return the planned emptyings after a visit, or before the first; the box is then empty."""
    found = []
    for planned in round_.get("emptyings", ()):
        if planned["after"] == after:
            done = datetime.fromisoformat(planned["ends_at"])
            found.append(_hand_over(planned["site"], on_board, done))
            on_board.clear()
    return found


def _hand_over(site: int, on_board: list[str], at: datetime) -> Step:
    payload = {"site": site, "containers": list(on_board), "box_celsius": -20.5}
    return "handed_over", None, at, payload


def _record(stop: Snapshot) -> dict[str, Any]:
    milk = _bottles(stop) > 0
    return {
        "bottles": _bottles(stop),
        "volume_ml": stop["volume_ml"] if milk else 0,
        "freezer_celsius": -19.5 if milk else None,
        "storage_ok": True if milk else None,
        "containers": [],
        "refused": [],
        "empties_left": stop["empties_wanted"],
        "note": "",
    }


def _bottles(stop: Snapshot) -> int:
    return int(stop["bottles"]) if Purpose.COLLECTION in stop["purposes"] else 0
