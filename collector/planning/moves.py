"""Moving a visit by hand: to another round, another place, or the tray."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.errors import Refused
from collector.pickups.models import PickupState
from collector.planning.placement import (
    Left,
    reloaded,
    settle_states,
    take_out_of_tray,
    write_rounds,
    write_tray,
)
from collector.planning.preview import Break, Move, worked_out
from collector.rounds.actions import edit_day
from collector.rounds.models import DayPlan


def move(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    day: date,
    version: int,
    pickup_id: int,
    to_round_id: int | None,
    position: int = 0,
    actor: str,
    reason: str = "",
) -> DayPlan:
    """Move a visit and time both rounds anew.

    A pin goes with its stop. Stops whose requests were cancelled or changed meanwhile leave the
    rounds that are timed anew.

    Parameters
    ----------
    to_round_id
        None: to the tray.
    position
        Its place among the round's other stops, the first being 0.
    reason
        Why a rule may be broken; kept in the audit chain.

    Raises
    ------
    NotFound
        The pick-up or the round is not of this bank and day.
    Conflict
        The day is another version by now: `changed_meanwhile` (`version`, `revision`).
    Refused
        `move_breaks_medical_rule` (`rules`); `move_needs_reason` (`rules`); `round_has_started`;
        `visit_may_not_be_served` (`reason`, see `Aside`).
    """
    plan = edit_day(session, bank_id=bank_id, day=day, version=version)
    found = worked_out(
        session, plan, pickup_id=pickup_id, to_round_id=to_round_id, position=position
    )
    _refuse_breaks(found.breaks, reason)
    write_rounds(
        session,
        facts=found.facts,
        problem=found.problem,
        plan=found.after,
        rounds=found.touched,
    )
    _write_tray(session, found, pickup_id, taken_out=to_round_id is None, reason=reason)
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action="visit moved",
        subject=f"pickup:{pickup_id}",
        to_round=to_round_id,
        position=position,
        reason=reason,
        breaks=[each.rule for each in found.breaks],
    )
    return reloaded(session, plan)


def _refuse_breaks(breaks: tuple[Break, ...], reason: str) -> None:
    medical = sorted({each.rule for each in breaks if each.medical})
    if medical:
        raise Refused("move_breaks_medical_rule", rules=medical)
    if breaks and not reason.strip():
        raise Refused("move_needs_reason", rules=sorted({each.rule for each in breaks}))


def _write_tray(
    session: Session, found: Move, pickup_id: int, *, taken_out: bool, reason: str
) -> None:
    """Put into the tray what left the rounds, and take out of it what joined them."""
    plan, pickups = found.facts.plan, found.facts.pickups
    placed = {
        int(visit)
        for round_ in found.touched
        for visit in found.after.orders.get(str(round_.shift_id), ())
    }
    held = {stop.pickup_id: stop for round_ in found.touched for stop in round_.stops}
    left = [
        Left(pickup_id=key, reason="request_changed", details={})
        for key, stop in held.items()
        if key not in placed
        and key != pickup_id
        and stop.pickup.state in {PickupState.ASKED, PickupState.ACCEPTED}
    ]
    if taken_out:
        details = {"note": reason} if reason else {}
        left.append(Left(pickup_id=pickup_id, reason="taken_out", details=details))
    write_tray(session, plan=plan, left=left, whole=False)
    take_out_of_tray(session, plan, placed)
    concerned = {pickup_id, *held} & pickups.keys()
    settle_states({key: pickups[key] for key in concerned}, placed=placed)
