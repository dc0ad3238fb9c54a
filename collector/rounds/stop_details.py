"""Details of published stops that changed after their revision, and the next revision."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from collector.audit.actions import record
from collector.errors import NotFound
from collector.pickups.models import MilkLine, Pickup, PickupState
from collector.rounds.actions import add_publication, freeze, queue_round
from collector.rounds.models import DayPlan, EventKind, Round, RoundEvent, RoundState
from collector.rounds.publication import Changes, RoundChange, Snapshot, stop_details
from collector.rounds.queries import OF_A_PICKUP, PROMISED_STATES, day_plan
from collector.shifts.models import RosterShift

FOLLOWED = (RoundState.PUBLISHED, RoundState.STARTED)
"""States of a round whose collector has stops ahead."""

SETTLING = (EventKind.COLLECTED, EventKind.NOT_DONE)
"""Kinds of the events that settle a stop."""

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
    is_left: bool
    """Whether a coordinator keeps this change from the collector."""


def untold_changes(
    session: Session, *, bank_id: int, today: date, donor_id: int | None = None
) -> list[UntoldChange]:
    """Return the changes of stops from today on that their collectors have not received.

    Changes that a coordinator keeps from the collector are marked, and come last.

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
        UntoldChange(
            day=day,
            round=round_,
            pickup=pickup,
            details=details,
            is_left=round_.left_untold.get(str(pickup.id)) == _digest(details),
        )
        for day, round_, stop in stops
        if (pickup := pickups.get(stop["pickup"]))
        and (details := _details_to_tell(stop, pickup, day))
    ]
    return sorted(changes, key=lambda change: change.is_left)


def detail_changes(stop: Snapshot, pickup: Pickup, day: date) -> tuple[DetailChange, ...]:
    """Return the details in which a published stop differs from its visit on a day."""
    before, after = _readable(stop), _readable(stop_details(pickup, day))
    return tuple(
        DetailChange(name=name, before=before[name], after=value)
        for name, value in after.items()
        if before[name] != value
    )


def _details_to_tell(stop: Snapshot, pickup: Pickup, day: date) -> tuple[DetailChange, ...]:
    """Return the changed details; of a visit that is asked anew, only with a new hold."""
    details = detail_changes(stop, pickup, day)
    if pickup.state is PickupState.ASKED and all(each.name != "milk_held" for each in details):
        return ()
    return details


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
    plan, round_, pickup = _published_stop(session, bank_id, day, pickup_id)
    _publish_details(session, now=now, plan=plan, round_=round_, pickup=pickup, actor=actor)
    return round_


def leave_untold(
    session: Session, *, now: datetime, bank_id: int, day: date, pickup_id: int, actor: str
) -> Round:
    """Keep the changed details of one stop from its collector until they change once more.

    Raises
    ------
    NotFound
        No published round of the day has the visit.
    """
    _plan, round_, pickup = _published_stop(session, bank_id, day, pickup_id)
    stops = (round_.published or {})["stops"]
    stop = next(stop for stop in stops if stop["pickup"] == pickup_id)
    details = detail_changes(stop, pickup, day)
    round_.left_untold = {**round_.left_untold, str(pickup_id): _digest(details)}
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action="details left untold",
        subject=f"pickup:{pickup_id}",
        round=round_.id,
        details=[detail.name for detail in details],
    )
    return round_


def _published_stop(
    session: Session, bank_id: int, day: date, pickup_id: int
) -> tuple[DayPlan, Round, Pickup]:
    """Return the locked plan of a day, and the published round and the visit of one stop."""
    session.scalar(
        select(DayPlan.id).where(DayPlan.bank_id == bank_id, DayPlan.day == day).with_for_update()
    )
    plan = day_plan(session, bank_id=bank_id, day=day)
    pickup = _promised(session, bank_id, {pickup_id}, None).get(pickup_id)
    for round_ in plan.rounds if plan else ():
        stops = (round_.published or {}).get("stops", ())
        if plan and pickup and any(stop["pickup"] == pickup_id for stop in stops):
            return plan, round_, pickup
    raise NotFound("not_found", kind="pickups")


def _publish_details(
    session: Session, *, now: datetime, plan: DayPlan, round_: Round, pickup: Pickup, actor: str
) -> None:
    published = round_.published or {}
    details = stop_details(pickup, plan.day)
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
    """Return the visits among these that are promised and not settled yet, by key.

    A visit that is asked anew, as after a yes to a health question, counts: its stop is on the
    phone until the next publication.
    """
    settled = exists().where(RoundEvent.pickup_id == Pickup.id, RoundEvent.kind.in_(SETTLING))
    asked_anew = and_(Pickup.state == PickupState.ASKED, ~settled)
    wanted = select(Pickup).where(
        Pickup.bank_id == bank_id,
        Pickup.id.in_(keys),
        or_(Pickup.state.in_(PROMISED_STATES), asked_anew),
    )
    if donor_id is not None:
        wanted = wanted.where(Pickup.donor_id == donor_id)
    return {pickup.id: pickup for pickup in session.scalars(wanted.options(*OF_A_PICKUP))}


def _digest(details: tuple[DetailChange, ...]) -> str:
    """Return a digest of the new details, which holds no personal data in readable form."""
    text = json.dumps([(detail.name, detail.after) for detail in details])
    return hashlib.sha256(text.encode()).hexdigest()


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
        "kit": tuple(stop.get("kit_wanted", ())),
        "call_first": stop["call_first"],
        "note": stop["note"],
        "own_child": stop.get("line") == MilkLine.OWN_CHILD,
        "milk_held": stop.get("milk_held", False),
    }
