"""What upsets a day on the road: told once, answered by proposals, one of which is accepted.

The ways that need no engine are there at once; the planner's own is a job like any other.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.models import Site
from collector.banks.queries import get_bank
from collector.db import owned
from collector.errors import NotFound, Refused
from collector.jobs.actions import enqueue
from collector.pickups.models import Pickup, PickupState
from collector.pickups.queries import for_day, get_pickup
from collector.planning.dispatch.alternatives import (
    Alternative,
    DisruptionFacts,
    concerned,
    legal,
    ways,
)
from collector.planning.dispatch.remaining_day import Midday, gate, midday
from collector.planning.dispatch.revert import OrdersBefore, as_before, before, sent_away
from collector.planning.models import Disruption, DisruptionKind, DisruptionProposal, ProposalWay
from collector.rounds.actions import pending_changes
from collector.rounds.models import DayPlan, Round
from collector.rounds.queries import day_plan
from routing.formats.native import plan_data, problem_data

PROPOSE = "propose"
SECONDS = 4
SPARE_SECONDS = 60
LONGEST_MINUTES = 600
OF_A_ROUND = frozenset({DisruptionKind.COLLECTOR_ILL, DisruptionKind.VEHICLE, DisruptionKind.ROAD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What a coordinator says happened; what a kind does not speak of stays None."""

    kind: DisruptionKind
    round_id: int | None = None
    site_id: int | None = None
    pickup_id: int | None = None
    takes_back_id: int | None = None
    minutes: int | None = None


def tell(
    session: Session, *, now: datetime, bank_id: int, day: date, telling: Telling, actor: str
) -> Disruption:
    """Keep what happened with its proposals, and ask the planner for one more.

    Raises
    ------
    NotFound
        The day was not published, or the round, site or request is none of its.
    Refused
        `unpublished_changes`; `minutes_needed`; `nothing_left_to_move`; `no_way_out`.
    """
    plan = _published(session, bank_id, day)
    telling = _judged(telling)
    then = _before(session, plan, telling)
    seen = midday(session, plan, now=now, also=_also(session, plan, telling, then))
    told = _in_the_planners_names(session, plan, seen, telling)
    seen = concerned(seen, told)
    found = ways(seen, told) if then is None else legal([as_before(seen, then)])
    if not found:
        raise Refused("no_way_out")
    disruption = Disruption(
        bank_id=bank_id,
        day=day,
        day_plan_id=plan.id,
        day_plan_version=plan.version,
        kind=telling.kind,
        round_id=telling.round_id,
        site_id=telling.site_id,
        pickup_id=telling.pickup_id,
        takes_back_id=telling.takes_back_id,
        minutes=telling.minutes,
        told_at=now,
        told_by=actor,
        problem=as_json(problem_data(seen.rest)),
        ahead=as_json(plan_data(seen.ahead)),
        ended_at=None,
    )
    session.add(disruption)
    session.flush()
    for way in found:
        _propose(session, disruption, way, now=now, actor=actor)
    _note(session, disruption, now=now, actor=actor, action=f"disruption told: {telling.kind}")
    return disruption


def lay_aside(
    session: Session, *, now: datetime, bank_id: int, disruption_id: int, actor: str
) -> Disruption:
    """End a disruption without doing anything.

    Raises
    ------
    NotFound
        The bank has no such disruption.
    """
    found = owned(session, Disruption, bank_id, disruption_id)
    if found.ended_at is None:
        found.ended_at = now
        _note(session, found, now=now, actor=actor, action="disruption laid aside")
    return found


def open_disruptions(session: Session, *, bank_id: int, day: date) -> list[Disruption]:
    """Return what upset a day and was not answered yet, the newest first."""
    return _told(session, bank_id, day, Disruption.ended_at.is_(None))


def answered(session: Session, *, bank_id: int, day: date) -> list[Disruption]:
    """Return what upset a day and was answered by a proposal, the newest first."""
    taken = select(DisruptionProposal.disruption_id).where(
        DisruptionProposal.accepted_at.is_not(None)
    )
    return _told(session, bank_id, day, Disruption.id.in_(taken))


def proposals_of(session: Session, disruption: Disruption) -> list[DisruptionProposal]:
    """Return the proposals for a disruption, as they were made."""
    return list(
        session.scalars(
            select(DisruptionProposal)
            .where(DisruptionProposal.disruption_id == disruption.id)
            .order_by(DisruptionProposal.id)
        )
    )


def to_squeeze_in(session: Session, *, bank_id: int, day: date, plan: DayPlan) -> list[Pickup]:
    """Return the accepted requests of a day that are in no round of it."""
    placed = plan.placed
    return [
        pickup
        for pickup in for_day(session, bank_id, day)
        if pickup.state is PickupState.ACCEPTED and pickup.id not in placed
    ]


def as_json(data: object) -> dict[str, Any]:
    """Return data as it will be read back: with lists for tuples."""
    read: dict[str, Any] = json.loads(json.dumps(data))
    return read


def _told(
    session: Session, bank_id: int, day: date, wanted: ColumnElement[bool]
) -> list[Disruption]:
    return list(
        session.scalars(
            select(Disruption)
            .where(Disruption.bank_id == bank_id, Disruption.day == day, wanted)
            .order_by(Disruption.id.desc())
        )
    )


def _note(
    session: Session, disruption: Disruption, *, now: datetime, actor: str, action: str
) -> None:
    record(
        session,
        now=now,
        bank_id=disruption.bank_id,
        actor=actor,
        action=action,
        subject=f"disruption:{disruption.id}",
        round=disruption.round_id,
        minutes=disruption.minutes,
    )


def _published(session: Session, bank_id: int, day: date) -> DayPlan:
    plan = day_plan(session, bank_id=bank_id, day=day)
    if plan is None or not plan.revision:
        raise NotFound("not_found", kind="day_plans")
    if pending_changes(session, plan, get_bank(session, bank_id)):
        raise Refused("unpublished_changes")
    return plan


def _judged(telling: Telling) -> Telling:
    """Keep only what a kind speaks of."""
    kind, minutes = telling.kind, telling.minutes
    needed = kind is DisruptionKind.ROAD
    if (needed and not minutes) or (minutes is not None and not 0 < minutes <= LONGEST_MINUTES):
        raise Refused("minutes_needed", most=LONGEST_MINUTES)
    return replace(
        telling,
        round_id=telling.round_id if kind in OF_A_ROUND else None,
        site_id=telling.site_id if kind is DisruptionKind.FREEZER else None,
        pickup_id=telling.pickup_id if kind is DisruptionKind.URGENT else None,
        takes_back_id=telling.takes_back_id if kind is DisruptionKind.REGRETTED else None,
        minutes=minutes if kind in {DisruptionKind.ROAD, DisruptionKind.VEHICLE} else None,
    )


def _before(session: Session, plan: DayPlan, telling: Telling) -> OrdersBefore | None:
    if telling.kind is not DisruptionKind.REGRETTED:
        return None
    key = telling.takes_back_id or 0
    return before(session, bank_id=plan.bank_id, day=plan.day, disruption_id=key)


def _also(
    session: Session, plan: DayPlan, telling: Telling, then: OrdersBefore | None
) -> Sequence[Pickup]:
    """The requests in no round that are to be served as well."""
    if then is not None:
        return sent_away(session, plan, then)
    return [get_pickup(session, plan.bank_id, telling.pickup_id)] if telling.pickup_id else []


def _in_the_planners_names(
    session: Session, plan: DayPlan, seen: Midday, telling: Telling
) -> DisruptionFacts:
    if telling.kind in OF_A_ROUND:
        shift = str(_round(plan.rounds, telling.round_id).shift_id)
        tour = seen.ahead.tour(shift)
        if tour is None:
            raise Refused("nothing_left_to_move")
        seconds = 60 * telling.minutes if telling.minutes else None
        return DisruptionFacts(kind=telling.kind, shift=shift, seconds=seconds)
    if telling.kind is DisruptionKind.FREEZER:
        site = owned(session, Site, plan.bank_id, telling.site_id or 0)
        if not any(gate(site) in shift.ends for shift in seen.rest.shifts):
            raise Refused("nothing_left_to_move")
        return DisruptionFacts(kind=telling.kind, gate=gate(site))
    if telling.kind is DisruptionKind.REGRETTED:
        return DisruptionFacts(kind=telling.kind)
    visit = str(telling.pickup_id)
    if seen.rest.visit(visit) is None or telling.pickup_id in plan.placed:
        raise NotFound("not_found", kind="pickups")
    why = seen.facts.why_aside(seen.facts.pickups[int(visit)])
    if why is not None and why.value != "below_minimum":
        raise Refused("visit_may_not_be_served", reason=why.value)
    return DisruptionFacts(kind=telling.kind, visit=visit)


def _round(rounds: Sequence[Round], round_id: int | None) -> Round:
    found = next((each for each in rounds if each.id == round_id), None)
    if found is None:
        raise NotFound("not_found", kind="rounds")
    return found


def _propose(
    session: Session, disruption: Disruption, way: Alternative, *, now: datetime, actor: str
) -> None:
    needs_engine = way.way is ProposalWay.REBALANCE
    proposal = DisruptionProposal(
        bank_id=disruption.bank_id,
        disruption_id=disruption.id,
        way=way.way,
        job_id=None,
        site_id=int(way.gate.removeprefix("site:")) if way.gate else None,
        problem=as_json(problem_data(way.problem)),
        start=as_json(plan_data(way.plan)),
        plan=None if needs_engine else as_json(plan_data(way.plan)),
        accepted_at=None,
    )
    session.add(proposal)
    session.flush()
    if needs_engine:
        job = enqueue(
            session,
            now=now,
            bank_id=disruption.bank_id,
            kind=PROPOSE,
            payload={"proposal": proposal.id, "seconds": SECONDS},
            asked_by=actor,
            deadline_seconds=SECONDS + SPARE_SECONDS,
        )
        proposal.job_id = job.id
        session.flush()
