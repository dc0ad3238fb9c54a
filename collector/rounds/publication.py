"""What a publication would say: each round's snapshot, and what changes for whom.

Nothing is written here: the board shows the changes before, `rounds.actions.publish` keeps them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from collector.banks.models import Bank, Site
from collector.pickups.models import Pickup, PickupState
from collector.rounds.door_codes import code_for
from collector.rounds.models import DayPlan, Round, RoundStop
from collector.rounds.promises import Promise, promise
from collector.service_day import ServiceDay

STILL_AGREED = frozenset(
    {
        PickupState.PLANNED,
        PickupState.PUBLISHED,
        PickupState.EN_ROUTE,
        PickupState.ARRIVED,
        PickupState.COLLECTED,
        PickupState.PARTLY_COLLECTED,
        PickupState.FAILED,
    }
)
"""A visit in another state was cancelled or changed by its donor after it had been planned."""

Snapshot = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundChange:
    """What a publication changes in one round; `first` if it was never published before."""

    round: Round
    snapshot: Snapshot
    first: bool
    added: tuple[int, ...]
    removed: tuple[int, ...]
    retimed: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a publication changes, and for whom.

    Attributes
    ----------
    before
        Per pick-up, what its donor was told last.
    promised
        Per pick-up, a promise that is new or another than before.
    withdrawn
        Pick-ups that were promised and are in no round any more.
    gone
        Stops whose request was cancelled or changed since they were planned: left out.
    """

    rounds: tuple[RoundChange, ...] = ()
    before: Mapping[int, Promise] = field(default_factory=dict)
    promised: Mapping[int, Promise] = field(default_factory=dict)
    withdrawn: tuple[int, ...] = ()
    gone: tuple[RoundStop, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to publish."""
        return bool(self.rounds)


def changes(plan: DayPlan, *, bank: Bank, freezer_warmest_celsius: int) -> Changes:
    """Compare the draft of a day with what was published last.

    Parameters
    ----------
    plan
        As `rounds.queries.day_plan` loads it.
    """
    service_day = ServiceDay(plan.day, bank.zone)
    before = promises_in(plan.rounds)
    rounds: list[RoundChange] = []
    promised: dict[int, Promise] = {}
    now_in: set[int] = set()
    for round_ in plan.rounds:
        snapshot = _snapshot(round_, service_day, before, freezer_warmest_celsius)
        promises = _promises(snapshot)
        now_in |= promises.keys()
        promised |= {
            pickup: given for pickup, given in promises.items() if before.get(pickup) != given
        }
        change = _compare(round_, snapshot)
        if change is not None:
            rounds.append(change)
    return Changes(
        rounds=tuple(rounds),
        before=before,
        promised=promised,
        withdrawn=tuple(sorted(before.keys() - now_in)),
        gone=tuple(
            stop
            for round_ in plan.rounds
            for stop in round_.stops
            if stop.pickup.state not in STILL_AGREED
        ),
    )


def promises_in(rounds: list[Round]) -> dict[int, Promise]:
    """Return what donors were told last, by pick-up."""
    found: dict[int, Promise] = {}
    for round_ in rounds:
        found |= _promises(round_.published or {})
    return found


def _promises(snapshot: Snapshot) -> dict[int, Promise]:
    return {
        stop["pickup"]: Promise(
            opens=datetime.fromisoformat(stop["window"]["opens"]),
            closes=datetime.fromisoformat(stop["window"]["closes"]),
        )
        for stop in snapshot.get("stops", ())
    }


def _snapshot(
    round_: Round,
    service_day: ServiceDay,
    before: Mapping[int, Promise],
    freezer_warmest_celsius: int,
) -> Snapshot:
    shift = round_.shift
    stops: list[Snapshot] = []
    codes = _codes(round_)
    for stop in round_.stops:
        pickup = stop.pickup
        if pickup.state not in STILL_AGREED:
            continue
        given = promise(
            service_day, stop.begins_at, pickup.windows, given=before.get(stop.pickup_id)
        )
        stops.append(_stop(stop, given) | {"code": codes[pickup.id]})
    return {
        "round": round_.id,
        "revision": round_.revision,
        "day": service_day.day.isoformat(),
        "time_zone": service_day.zone.key,
        "letter": round_.letter,
        "collector": shift.collector.name,
        "vehicle": shift.vehicle,
        "departs_at": _iso(round_.departs_at),
        "returns_at": _iso(round_.returns_at),
        "metres": round_.metres,
        "start": _site(shift.start_site),
        "end": _site(shift.end_site),
        "freezer_warmest_celsius": freezer_warmest_celsius,
        "stops": stops,
    }


def _codes(round_: Round) -> dict[int, str]:
    """Give each visit its words; those that were said to a collector before stay as they are."""
    said = {stop["pickup"]: str(stop["code"]) for stop in (round_.published or {}).get("stops", ())}
    codes = {
        stop.pickup_id: said[stop.pickup_id] for stop in round_.stops if stop.pickup_id in said
    }
    for pickup_id in sorted({stop.pickup_id for stop in round_.stops} - codes.keys()):
        seed = f"{round_.bank_id} {round_.day_plan_id} {pickup_id}"
        codes[pickup_id] = code_for(seed, set(codes.values()))
    return codes


def _stop(stop: RoundStop, given: Promise) -> Snapshot:
    pickup, donor = stop.pickup, stop.pickup.donor
    return {
        "pickup": pickup.id,
        "arrives_at": _iso(stop.arrives_at),
        "begins_at": _iso(stop.begins_at),
        "ends_at": _iso(stop.ends_at),
        "window": {"opens": _iso(given.opens), "closes": _iso(given.closes)},
        "donor_number": donor.number,
        "first_name": donor.first_name,
        "family_name": donor.family_name,
        "phone": donor.phone,
        "address": _address(pickup),
        "purposes": list(pickup.purposes),
        "bottles": pickup.bottles,
        "volume_ml": pickup.volume_ml,
        "empties_wanted": pickup.empties_wanted,
        "call_first": pickup.call_first,
        "note": pickup.note,
    }


def _address(pickup: Pickup) -> Snapshot:
    address = pickup.donor.address
    position = address.position
    return {
        "line": address.line,
        "postcode": address.postcode,
        "town": address.town,
        "access_notes": address.access_notes,
        "latitude": position.latitude if position else None,
        "longitude": position.longitude if position else None,
    }


def _site(site: Site) -> Snapshot:
    return {
        "site": site.id,
        "name": site.name,
        "latitude": site.latitude,
        "longitude": site.longitude,
    }


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.astimezone(UTC).isoformat()


def _compare(round_: Round, snapshot: Snapshot) -> RoundChange | None:
    """Return what is another than before, or None; an empty round is first told when it is not."""
    if round_.published is None and not snapshot["stops"]:
        return None
    if round_.published is not None and _content(round_.published) == _content(snapshot):
        return None
    old, new = _times(round_.published or {}), _times(snapshot)
    return RoundChange(
        round=round_,
        snapshot=snapshot,
        first=round_.published is None,
        added=tuple(pickup for pickup in new if pickup not in old),
        removed=tuple(pickup for pickup in old if pickup not in new),
        retimed=tuple(
            pickup for pickup, time in new.items() if pickup in old and old[pickup] != time
        ),
    )


def _content(snapshot: Snapshot) -> Snapshot:
    return {key: value for key, value in snapshot.items() if key not in {"revision", "why"}}


def _times(snapshot: Snapshot) -> dict[int, str]:
    return {stop["pickup"]: stop["begins_at"] for stop in snapshot.get("stops", ())}
