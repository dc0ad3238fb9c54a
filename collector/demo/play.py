"""Events of a collector's published round, as a phone would send them."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from collector.custody.numbers import number_of
from collector.pickups.models import Purpose

Said = dict[str, Any]
Snapshot = dict[str, Any]


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
    steps: list[tuple[str, int | None, datetime, dict[str, Any]]] = [("started", None, clock, {})]
    for stop in round_["stops"]:
        arrived = datetime.fromisoformat(stop["arrives_at"])
        done = datetime.fromisoformat(stop["ends_at"])
        steps.append(("arrived", stop["pickup"], arrived, {}))
        steps.append(("collected", stop["pickup"], done, _record(stop)))
    home = datetime.fromisoformat(round_["returns_at"]) + timedelta(minutes=5)
    on_board = [
        number_of(stop["pickup"], index)
        for stop in round_["stops"]
        for index in range(1, _bottles(stop) + 1)
    ]
    handed = {"site": round_["end"]["site"], "containers": on_board, "box_celsius": -20.5}
    steps.append(("handed_over", None, home, handed))
    for sequence, (kind, pickup, at, payload) in enumerate(steps, start=1):
        if until is not None and at > until:
            return
        yield {
            "client_id": str(uuid.uuid5(PLAYED, f"{round_['round']} {kind} {pickup}")),
            "kind": kind,
            "pickup": pickup,
            "sequence": sequence,
            "device_at": at.isoformat(),
            "payload": payload,
        }


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
