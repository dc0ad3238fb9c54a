"""A published round made by hand, and the events of its phone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from collector.pickups.models import Pickup, PickupState
from collector.pickups.queries import pickup_options
from collector.rounds.models import DayPlan, Round, RoundState, RoundStop
from collector.shifts.models import RosterShift

FIRST_ARRIVAL = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
"""Nine o'clock in Paris on the service day."""

_NAMES = UUID("9c2ba5b4-4f0c-4a7b-9a3e-0c6a4d3f1b22")


def publish_round(
    session: Session,
    shift_id: int,
    pickups: tuple[int, ...],
    *,
    revision: int = 1,
    arrival: datetime = FIRST_ARRIVAL,
) -> Round:
    """Publish a round of these visits, half an hour apart."""
    shift = session.get_one(
        RosterShift,
        shift_id,
        options=[joinedload(RosterShift.end_site), joinedload(RosterShift.collector)],
        populate_existing=True,
    )
    plan = session.scalar(select(DayPlan).where(DayPlan.day == shift.day)) or DayPlan(
        bank_id=shift.bank_id, day=shift.day, revision=revision, edits=0
    )
    session.add(plan)
    round_ = Round(
        bank_id=shift.bank_id,
        day_plan=plan,
        shift=shift,
        letter="A",
        state=RoundState.PUBLISHED,
        revision=revision,
        departs_at=arrival - timedelta(minutes=30),
        returns_at=arrival + timedelta(minutes=30 * len(pickups)),
        metres=81_200,
        driving_seconds=3600,
        cost_cents=5000,
        published=None,
    )
    session.add(round_)
    session.flush()
    stops = [_stop(session, round_, key, n, arrival) for n, key in enumerate(pickups)]
    round_.published = _frozen(round_, shift, stops)
    session.flush()
    return round_


def phone_event(
    kind: str,
    pickup: int | None = None,
    *,
    sequence: int = 1,
    **payload: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """Return an event as a phone sends it; equal arguments give the same event."""
    client_id = str(uuid5(_NAMES, f"{kind} {pickup} {sequence} {sorted(payload)}"))
    return {
        "client_id": client_id,
        "kind": kind,
        "pickup": pickup,
        "sequence": sequence,
        "device_at": (FIRST_ARRIVAL + timedelta(minutes=sequence)).isoformat(),
        "payload": payload,
    }


def collected(
    pickup: int,
    *,
    sequence: int = 1,
    **changes: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """Return the record of a plain visit: seven bottles from a freezer that is cold enough."""
    payload = {
        "bottles": 7,
        "volume_ml": 1400,
        "freezer_celsius": -19.5,
        "storage_ok": True,
        "containers": [],
        "refused": [],
        "empties_left": 6,
        "note": "",
    }
    return phone_event("collected", pickup, sequence=sequence, **(payload | changes))


def _stop(session: Session, round_: Round, key: int, n: int, first: datetime) -> dict[str, Any]:
    pickup = session.get_one(
        Pickup,
        key,
        options=pickup_options(),
        populate_existing=True,
    )
    pickup.state = PickupState.PUBLISHED
    begins, ends = first + timedelta(minutes=30 * n), first + timedelta(minutes=30 * n + 12)
    session.add(
        RoundStop(
            bank_id=round_.bank_id,
            round_id=round_.id,
            pickup_id=key,
            position=n,
            arrives_at=begins,
            begins_at=begins,
            ends_at=ends,
            pinned=False,
        )
    )
    donor = pickup.donor
    address = donor.address
    return {
        "pickup": key,
        "arrives_at": begins.isoformat(),
        "begins_at": begins.isoformat(),
        "ends_at": ends.isoformat(),
        "window": {
            "opens": (begins - timedelta(minutes=20)).isoformat(),
            "closes": (begins + timedelta(minutes=100)).isoformat(),
        },
        "donor_number": donor.number,
        "first_name": donor.first_name,
        "family_name": donor.family_name,
        "phone": donor.phone,
        "address": {
            "line": address.line,
            "postcode": address.postcode,
            "town": address.town,
            "access_notes": address.access_notes,
            "latitude": address.position.latitude,
            "longitude": address.position.longitude,
        },
        "purposes": pickup.purposes,
        "line": pickup.line.value,
        "bottles": pickup.bottles,
        "volume_ml": pickup.volume_ml,
        "empties_wanted": pickup.empties_wanted,
        "call_first": pickup.call_first,
        "note": pickup.note,
        "code": "blue heron",
    }


def _frozen(round_: Round, shift: RosterShift, stops: list[dict[str, Any]]) -> dict[str, Any]:
    site = shift.end_site
    place = {
        "site": site.id,
        "name": site.name,
        "latitude": site.latitude,
        "longitude": site.longitude,
    }
    assert round_.departs_at is not None
    assert round_.returns_at is not None
    return {
        "round": round_.id,
        "revision": round_.revision,
        "day": shift.day.isoformat(),
        "time_zone": "Europe/Paris",
        "letter": round_.letter,
        "collector": shift.collector.name,
        "vehicle": shift.vehicle,
        "departs_at": round_.departs_at.isoformat(),
        "returns_at": round_.returns_at.isoformat(),
        "metres": round_.metres,
        "start": place,
        "end": place,
        "freezer_warmest_celsius": -18,
        "stops": stops,
    }
