"""The content of a publication: each round's snapshot, and its changes for donors and collectors.

Nothing is written here: the board shows the changes before a publication, and
`rounds.actions.publish` stores them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from collector.banks.models import Bank, Site
from collector.donors.eligibility import is_serology_unclear
from collector.donors.models import DonorState, WhySuspended
from collector.pickups.models import MilkLine, Pickup, PickupState, Purpose
from collector.places.models import Address
from collector.rounds.code_words import code_words
from collector.rounds.models import DayPlan, PlannedEmptying, Round, RoundStop
from collector.rounds.promises import ExpectedBegin, Promise, promise
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
"""States of a visit that stays in its round; in another, its donor cancelled or changed it."""

HALTED = frozenset({DonorState.SUSPENDED, DonorState.EXCLUDED})
"""States of a donor whose milk is not taken."""

Snapshot = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundChange:
    """The changes of a publication in one round; `first` for a round without a revision."""

    round: Round
    snapshot: Snapshot
    first: bool
    added: tuple[int, ...]
    removed: tuple[int, ...]
    retimed: tuple[int, ...]

    @property
    def are_emptyings_changed(self) -> bool:
        """Whether the box is emptied on the way at other places or times than published."""
        before = (self.round.published or {}).get("emptyings", [])
        return bool(before != self.snapshot.get("emptyings", []))


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The changes of a publication.

    Attributes
    ----------
    before
        The former promise per pick-up.
    promised
        The promise per pick-up, if it is new or changed.
    withdrawn
        Pick-ups with a former promise that are in no round any more.
    gone
        Stops that are left out, since their request was cancelled or changed after planning.
    """

    rounds: tuple[RoundChange, ...] = ()
    before: Mapping[int, Promise] = field(default_factory=dict)
    promised: Mapping[int, Promise] = field(default_factory=dict)
    withdrawn: tuple[int, ...] = ()
    gone: tuple[RoundStop, ...] = ()

    def __bool__(self) -> bool:
        """Return whether any round has changed."""
        return bool(self.rounds)


def compare(plan: DayPlan, *, bank: Bank, freezer_warmest_celsius: int) -> Changes:
    """Compare the draft of a day with its last revision.

    Parameters
    ----------
    plan
        The plan as `rounds.queries.day_plan` loads it.
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
        change = _change(round_, snapshot)
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
    """Return the published promises of these rounds, by pick-up."""
    promises: dict[int, Promise] = {}
    for round_ in rounds:
        promises |= _promises(round_.published or {})
    return promises


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
            service_day,
            stop.begins_at,
            pickup.windows,
            given=before.get(stop.pickup_id),
            expected=_expected(stop),
        )
        stops.append(_stop(stop, given, service_day.day) | {"code": codes[pickup.id]})
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
        **_emptyings(round_, stops),
    }


def _emptyings(round_: Round, stops: Sequence[Snapshot]) -> Snapshot:
    """Return the planned emptyings as a part of a snapshot; empty for a round without one."""
    found = [_emptying(each, stops) for each in round_.emptyings]
    return {"emptyings": found} if found else {}


def _emptying(planned: PlannedEmptying, stops: Sequence[Snapshot]) -> Snapshot:
    """Return an emptying with the last visit before it; None for one before the first visit."""
    begins = _iso(planned.begins_at) or ""
    before = [stop["pickup"] for stop in stops if stop["begins_at"] <= begins]
    return {
        **_site(planned.site),
        "after": before[-1] if before else None,
        "arrives_at": _iso(planned.arrives_at),
        "begins_at": begins,
        "ends_at": _iso(planned.ends_at),
    }


def _expected(stop: RoundStop) -> ExpectedBegin | None:
    if stop.earliest_at is None or stop.latest_at is None:
        return None
    return ExpectedBegin(earliest=stop.earliest_at, latest=stop.latest_at)


def _codes(round_: Round) -> dict[int, str]:
    """Return the code words of each visit; published words stay as they are."""
    stops = (round_.published or {}).get("stops", ())
    published = {stop["pickup"]: str(stop["code"]) for stop in stops}
    codes = {
        stop.pickup_id: published[stop.pickup_id]
        for stop in round_.stops
        if stop.pickup_id in published
    }
    for pickup_id in sorted({stop.pickup_id for stop in round_.stops} - codes.keys()):
        seed = f"{round_.bank_id} {round_.day_plan_id} {pickup_id}"
        codes[pickup_id] = code_words(seed, set(codes.values()))
    return codes


def _stop(stop: RoundStop, given: Promise, day: date) -> Snapshot:
    return {
        "pickup": stop.pickup_id,
        "arrives_at": _iso(stop.arrives_at),
        "begins_at": _iso(stop.begins_at),
        "ends_at": _iso(stop.ends_at),
        "window": {"opens": _iso(given.opens), "closes": _iso(given.closes)},
        **stop_details(stop.pickup, day),
    }


def stop_details(pickup: Pickup, day: date) -> Snapshot:
    """Return the details of a visit as a phone receives them, whatever its round and its times.

    `milk_held` stands only where it is true, and `kit_wanted` where something is wanted. The reason
    of a hold is never told.
    """
    donor = pickup.donor
    return {
        "donor_number": donor.number,
        "first_name": donor.first_name,
        "family_name": donor.family_name,
        "phone": donor.phone,
        "address": _address(donor.address_on(day)),
        "purposes": list(pickup.purposes),
        "line": pickup.line.value,
        "bottles": pickup.bottles,
        "volume_ml": pickup.volume_ml,
        "empties_wanted": pickup.empties_wanted,
        "call_first": pickup.call_first,
        "note": pickup.note,
        **({"kit_wanted": list(pickup.kit_wanted)} if pickup.kit_wanted else {}),
        **({"milk_held": True} if _is_milk_held(pickup) else {}),
    }


def _is_milk_held(pickup: Pickup) -> bool:
    """Return whether a hold, the donor's file or an unclear blood result keeps the milk back.

    A suspension for an expired blood test does not, if blood is drawn at the visit.
    """
    donor = pickup.donor
    is_renewed = (
        donor.suspended_because is WhySuspended.SEROLOGY_LAPSED
        and Purpose.BLOOD_SAMPLE in pickup.purposes
    )
    return (
        (donor.state in HALTED and not is_renewed)
        or any(hold.cleared_at is None for hold in pickup.holds)
        or is_serology_unclear(donor.serologies)
    )


def _address(address: Address) -> Snapshot:
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


def _change(round_: Round, snapshot: Snapshot) -> RoundChange | None:
    """Return the change of a round, or None; a round is first published with its first stop."""
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
    """Return what a publication would change; a stop from before the line of milk is donated."""
    content = {key: value for key, value in snapshot.items() if key not in {"revision", "why"}}
    stops = [{"line": MilkLine.DONATED.value} | stop for stop in snapshot.get("stops", ())]
    return content | {"stops": stops}


def _times(snapshot: Snapshot) -> dict[int, str]:
    return {stop["pickup"]: stop["begins_at"] for stop in snapshot.get("stops", ())}
