"""Details of published stops that changed after their revision, and the next revision."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from collector.errors import NotFound
from collector.pickups.models import MilkLine, Pickup
from collector.rounds.actions import add_publication, freeze, queue_round
from collector.rounds.models import DayPlan, Round, RoundState
from collector.rounds.publication import Changes, RoundChange, Snapshot, stop_details
from collector.rounds.queries import OF_A_PICKUP, PROMISED_STATES, day_plan
from collector.shifts.models import RosterShift

FOLLOWED = (RoundState.PUBLISHED, RoundState.STARTED)
"""States of a round whose collector has stops ahead."""

COMPARED = {
    "pickup",
    "first_name",
    "family_name",
    "phone",
    "address",
    "purposes",
    "bottles",
    "volume_ml",
    "empties_wanted",
    "call_first",
    "note",
}
"""Fields without which a published stop cannot be compared; such a one is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailChange:
    """One detail of a stop, as the collector has it and as it is."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class UntoldChange:
    """The details of one stop that changed after its round was published."""

    day: date
    round: Round
    pickup: Pickup
    details: tuple[DetailChange, ...]


def untold_changes(
    session: Session, *, bank_id: int, today: date, donor_id: int | None = None
) -> list[UntoldChange]:
    """Return the changes of stops from today on that their collectors have not received.

    Parameters
    ----------
    donor_id
        Restrict the answer to one donor.
    """
    rows = session.execute(
        select(DayPlan.day, Round)
        .join(DayPlan, DayPlan.id == Round.day_plan_id)
        .where(Round.bank_id == bank_id, DayPlan.day >= today, Round.state.in_(FOLLOWED))
        .options(joinedload(Round.shift).joinedload(RosterShift.collector))
        .order_by(DayPlan.day, Round.letter)
    )
    stops = [
        (day, round_, stop)
        for day, round_ in rows
        for stop in (round_.published or {}).get("stops", ())
        if stop.keys() >= COMPARED
    ]
    pickups = _promised(session, bank_id, {stop["pickup"] for _, _, stop in stops}, donor_id)
    changes = [
        UntoldChange(day=day, round=round_, pickup=pickup, details=detail_changes(stop, pickup))
        for day, round_, stop in stops
        if (pickup := pickups.get(stop["pickup"])) is not None
    ]
    return [change for change in changes if change.details]


def detail_changes(stop: Snapshot, pickup: Pickup) -> tuple[DetailChange, ...]:
    """Return the details in which a published stop differs from its visit."""
    before, after = _readable(stop), _readable(stop_details(pickup))
    return tuple(
        DetailChange(name=name, before=before[name], after=value)
        for name, value in after.items()
        if before[name] != value
    )


def tell_collector(
    session: Session, *, now: datetime, bank_id: int, day: date, pickup_id: int, actor: str
) -> Round:
    """Publish the present details of one stop as the next revision of its round.

    The times, the other stops and the coordinator's unpublished edits stay as they were.

    Raises
    ------
    NotFound
        No published round of the day has the visit.
    """
    session.scalar(
        select(DayPlan.id).where(DayPlan.bank_id == bank_id, DayPlan.day == day).with_for_update()
    )
    plan = day_plan(session, bank_id=bank_id, day=day)
    pickup = _promised(session, bank_id, {pickup_id}, None).get(pickup_id)
    for round_ in plan.rounds if plan else ():
        stops = (round_.published or {}).get("stops", ())
        if plan and pickup and any(stop["pickup"] == pickup_id for stop in stops):
            _publish_details(session, now=now, plan=plan, round_=round_, pickup=pickup, actor=actor)
            return round_
    raise NotFound("not_found", kind="pickups")


def _publish_details(
    session: Session, *, now: datetime, plan: DayPlan, round_: Round, pickup: Pickup, actor: str
) -> None:
    published = round_.published or {}
    details = stop_details(pickup)
    stops = [
        {**_times(stop), **details} if stop["pickup"] == pickup.id else stop
        for stop in published["stops"]
    ]
    change = RoundChange(
        round=round_,
        snapshot=published | {"stops": stops},
        first=False,
        added=(),
        removed=(),
        retimed=(),
    )
    plan.edits += 1
    plan.revision += 1
    freeze(change, plan.revision, "")
    queue_round(session, now=now, plan=plan, change=change)
    changes = Changes(rounds=(change,))
    add_publication(session, now=now, plan=plan, changes=changes, actor=actor)
    session.flush()


def _times(stop: Snapshot) -> Snapshot:
    """Return a published stop without its details: its times, its promise, its code words."""
    kept = ("pickup", "arrives_at", "begins_at", "ends_at", "window", "code")
    return {name: stop[name] for name in kept if name in stop}


def _promised(
    session: Session, bank_id: int, keys: set[int], donor_id: int | None
) -> dict[int, Pickup]:
    """Return the visits among these that are promised and not settled yet, by key."""
    wanted = select(Pickup).where(
        Pickup.bank_id == bank_id, Pickup.id.in_(keys), Pickup.state.in_(PROMISED_STATES)
    )
    if donor_id is not None:
        wanted = wanted.where(Pickup.donor_id == donor_id)
    return {pickup.id: pickup for pickup in session.scalars(wanted.options(*OF_A_PICKUP))}


def _readable(stop: Snapshot) -> dict[str, Any]:
    """Return the details of a stop as a person compares them."""
    address = stop["address"]
    return {
        "name": f"{stop['first_name']} {stop['family_name']}",
        "phone": stop["phone"],
        "address": f"{address['line']}, {address['postcode']} {address['town']}",
        "access": address["access_notes"],
        "position": (address["latitude"], address["longitude"]),
        "purposes": tuple(stop["purposes"]),
        "bottles": stop["bottles"],
        "volume_ml": stop["volume_ml"],
        "empties": stop["empties_wanted"],
        "call_first": stop["call_first"],
        "note": stop["note"],
        "own_child": stop.get("line") == MilkLine.OWN_CHILD,
        "milk_held": stop.get("milk_held", False),
    }
