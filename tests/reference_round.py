"""The reference of a round: a plain state machine that shares no code with the application.

It receives every event once, in the phones' own order, and steps through the day as a person with
a notepad would. The server may receive the same events in any order, three times, a week late.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stdnum import damm

Sent = dict[str, Any]


@dataclass
class Visit:
    """One door of the round."""

    phase: str = "published"
    failure: str | None = None
    numbers: list[str] = field(default_factory=list)
    taken_at: int = -1


@dataclass
class ReferenceRound:
    """A notepad: visits, containers in the box, hand-overs."""

    pickups: tuple[int, ...]
    events: dict[str, Sent] = field(default_factory=dict)

    def receive(self, event: Sent) -> None:
        self.events.setdefault(event["client_id"], event)

    def state(self) -> dict[str, Any]:
        """Play the day from its beginning."""
        crossed_out = {
            each["payload"]["undoes"] for each in self.events.values() if each["kind"] == "undone"
        }
        counted = [
            each
            for key, each in self.events.items()
            if each["kind"] != "undone" and key not in crossed_out
        ]
        counted.sort(key=lambda e: (e["sequence"], instant(e), e["client_id"]))
        visits = {pickup: Visit() for pickup in self.pickups}
        doors = {pickup: [e for e in counted if e["pickup"] == pickup] for pickup in self.pickups}
        for pickup, events in doors.items():
            for event in events:
                step(visits[pickup], event)
        hand_overs = [(n, e) for n, e in enumerate(counted) if e["kind"] == "handed_over"]
        places = {each["client_id"]: n for n, each in enumerate(counted)}
        received, aboard = set(), set()
        for pickup, visit in visits.items():
            decisive = [e for e in doors[pickup] if e["kind"] in {"collected", "not_done"}]
            for number in visit.numbers:
                taken = any(
                    number in event["payload"]["containers"]
                    if event["payload"].get("containers") is not None
                    else n > places[decisive[-1]["client_id"]]
                    for n, event in hand_overs
                )
                (received if taken else aboard).add(number)
        return {
            "visits": {pickup: (v.phase, v.failure) for pickup, v in visits.items()},
            "received": received,
            "aboard": aboard,
            "round": progress(counted, visits, hand_overs, aboard),
            "incidents": sum(each["kind"] == "incident" for each in counted),
            "acknowledged": max(
                (e["payload"]["revision"] for e in counted if e["kind"] == "acknowledged"),
                default=0,
            ),
        }


def instant(event: Sent) -> datetime:
    return datetime.fromisoformat(event["device_at"])


def step(visit: Visit, event: Sent) -> None:
    """Write down one thing that happened at a door."""
    kind, payload = event["kind"], event["payload"]
    decided = visit.phase in {"collected", "partly_collected", "failed"}
    if kind == "collected":
        visit.numbers = [number(event["pickup"], n + 1) for n in range(payload["bottles"])]
        refused = bool(payload["refused"])
        visit.phase = "collected" if not refused else "partly_collected"
        visit.failure = None
        if refused and not visit.numbers:
            visit.phase, visit.failure = "failed", "milk_refused"
    elif kind == "not_done":
        visit.phase, visit.failure, visit.numbers = "failed", payload["reason"], []
    elif decided:
        return
    elif kind == "arrived" or (kind == "en_route" and visit.phase == "published"):
        visit.phase = kind
    elif kind == "postponed":
        visit.phase = "published"


def progress(
    counted: list[Sent],
    visits: dict[int, Visit],
    hand_overs: list[tuple[int, Sent]],
    aboard: set[str],
) -> str:
    if all(each["kind"] in {"acknowledged", "incident", "address_shown"} for each in counted):
        return "published"
    open_doors = any(v.phase in {"published", "en_route", "arrived"} for v in visits.values())
    if open_doors or not hand_overs:
        return "started"
    return "returned" if aboard else "unloaded"


def number(pickup: int, index: int) -> str:
    counted = f"{index:02d}"
    return f"{pickup}-{counted}-{damm.calc_check_digit(f'{pickup}{counted}')}"
