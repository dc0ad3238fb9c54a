"""Disruptions of a day on the road: reported once, answered by accepting one of the proposals.

Alternatives that need no search are proposed at once; the planner's own is a job.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.models import Site
from collector.banks.queries import get_bank
from collector.db import OutdatedReading, owned
from collector.errors import Conflict, NotFound, Refused
from collector.jobs.actions import enqueue, run_again
from collector.pickups.models import Pickup
from collector.pickups.queries import get_pickup
from collector.planning.dispatch.alternatives import (
    Alternative,
    DisruptionFacts,
    find_alternatives,
    lawful_alternatives,
    restrict_to_concerned,
)
from collector.planning.dispatch.off_duty import (
    absence_taken_back,
    refuse_last_day,
    shifts_of_absence,
    shifts_off,
    takes_off_duty,
)
from collector.planning.dispatch.remaining_day import RemainingDay, load_remaining_day
from collector.planning.dispatch.revert import (
    OrdersBefore,
    orders_before,
    revert_alternative,
    unplaced_since,
)
from collector.planning.models import Disruption, DisruptionKind, DisruptionProposal, ProposalWay
from collector.planning.problem.build import site_place
from collector.planning.problem.stored_json import stored_plan, stored_problem
from collector.rounds.actions import pending_changes
from collector.rounds.models import DayPlan, Round
from collector.rounds.queries import day_plan, version_of
from routing.plan import Plan
from routing.problem import Problem

PROPOSE = "propose"
SECONDS = 4
OVERHEAD_SECONDS = 60
LONGEST_MINUTES = 600
ROUND_KINDS = frozenset(
    {
        DisruptionKind.COLLECTOR_ILL,
        DisruptionKind.VEHICLE,
        DisruptionKind.ROAD,
        DisruptionKind.AT_RISK,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisruptionReport:
    """A coordinator's report of a disruption; fields that its kind does not use are None.

    Attributes
    ----------
    until
        The last day off duty; None: the day of the disruption.
    """

    kind: DisruptionKind
    round_id: int | None = None
    site_id: int | None = None
    pickup_id: int | None = None
    takes_back_id: int | None = None
    minutes: int | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedDisruption:
    """A disruption with its alternatives, and the version of the day they were computed for.

    Attributes
    ----------
    problem, present
        The remaining day, and its present order: the measure of each alternative.
    """

    day: date
    version: int
    report: DisruptionReport
    problem: Problem
    present: Plan
    alternatives: tuple[Alternative, ...]


def compute_disruption(
    session: Session, *, now: datetime, bank_id: int, day: date, report: DisruptionReport
) -> ComputedDisruption:
    """Compute the alternatives of a disruption; `write_disruption` writes them.

    Raises
    ------
    NotFound
        The day was not published, or the round, site or request is not of this day.
    Refused
        `unpublished_changes`; `minutes_needed`; `absence_days`; `nothing_left_to_move`;
        `no_way_out`.
    """
    plan = _published(session, bank_id, day)
    report = _restricted_to_kind(report)
    refuse_last_day(day, report.until)
    then = _before(session, plan, report)
    absence = absence_taken_back(session, bank_id, report.takes_back_id)
    remaining_day = load_remaining_day(
        session, plan, now=now, also=_also(session, plan, report, then), but=absence
    )
    facts = _disruption_facts(session, plan, remaining_day, report)
    remaining_day = restrict_to_concerned(remaining_day, facts)
    found = (
        find_alternatives(remaining_day, facts)
        if then is None
        else lawful_alternatives([revert_alternative(remaining_day, then, off=facts.off)])
    )
    if not found:
        raise Refused("no_way_out")
    return ComputedDisruption(
        day=day,
        version=plan.version,
        report=report,
        problem=remaining_day.remaining,
        present=remaining_day.present,
        alternatives=tuple(found),
    )


def write_disruption(
    session: Session, computed: ComputedDisruption, *, now: datetime, bank_id: int, actor: str
) -> Disruption:
    """Write a disruption with its proposals, and queue the planner's job for one more.

    Raises
    ------
    OutdatedReading
        The day was changed since the alternatives were computed.
    """
    report = computed.report
    plan = day_plan(session, bank_id=bank_id, day=computed.day)
    if plan is None or plan.version != computed.version:
        raise OutdatedReading
    disruption = Disruption(
        bank_id=bank_id,
        day=computed.day,
        day_plan_id=plan.id,
        day_plan_version=plan.version,
        kind=report.kind,
        round_id=report.round_id,
        site_id=report.site_id,
        pickup_id=report.pickup_id,
        takes_back_id=report.takes_back_id,
        minutes=report.minutes,
        until=report.until,
        told_at=now,
        told_by=actor,
        problem=stored_problem(computed.problem),
        ahead=stored_plan(computed.present),
        ended_at=None,
    )
    session.add(disruption)
    session.flush()
    for way in computed.alternatives:
        _propose(session, disruption, way, now=now, actor=actor)
    _record(session, disruption, now=now, actor=actor, action=f"disruption told: {report.kind}")
    return disruption


def propose_again(
    session: Session, *, now: datetime, bank_id: int, proposal_id: int, actor: str
) -> DisruptionProposal:
    """Queue the failed or dead job of a proposal once more, with the problem that it had.

    Raises
    ------
    NotFound
        The bank has no such proposal, or it needs no job.
    Conflict
        The disruption is over, or the day was changed since: `disruption_over`,
        `changed_meanwhile`.
    Refused
        The job is at work, or it has a result: `job_not_ended`, `job_not_failed`.
    """
    proposal = owned(session, DisruptionProposal, bank_id, proposal_id)
    disruption = owned(session, Disruption, bank_id, proposal.disruption_id)
    if proposal.job_id is None:
        raise NotFound("not_found", kind="jobs")
    if disruption.ended_at is not None:
        raise Conflict("disruption_over")
    version = version_of(session, bank_id=bank_id, day=disruption.day)
    if version != disruption.day_plan_version:
        raise Conflict("changed_meanwhile", version=version)
    run_again(session, now=now, bank_id=bank_id, job_id=proposal.job_id, asked_by=actor)
    _record(session, disruption, now=now, actor=actor, action="proposal asked again")
    return proposal


def dismiss_disruption(
    session: Session, *, now: datetime, bank_id: int, disruption_id: int, actor: str
) -> Disruption:
    """End a disruption without a change of the day.

    Raises
    ------
    NotFound
        The bank has no such disruption.
    """
    found = owned(session, Disruption, bank_id, disruption_id)
    if found.ended_at is None:
        found.ended_at = now
        _record(session, found, now=now, actor=actor, action="disruption laid aside")
    return found


def _record(
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


def _restricted_to_kind(report: DisruptionReport) -> DisruptionReport:
    """Return the report with only the fields that its kind uses."""
    kind, minutes = report.kind, report.minutes
    needed = kind is DisruptionKind.ROAD
    if (needed and not minutes) or (minutes is not None and not 0 < minutes <= LONGEST_MINUTES):
        raise Refused("minutes_needed", most=LONGEST_MINUTES)
    return replace(
        report,
        round_id=report.round_id if kind in ROUND_KINDS else None,
        site_id=report.site_id if kind is DisruptionKind.FREEZER else None,
        pickup_id=report.pickup_id if kind is DisruptionKind.URGENT else None,
        takes_back_id=report.takes_back_id if kind is DisruptionKind.REGRETTED else None,
        minutes=minutes if kind in {DisruptionKind.ROAD, DisruptionKind.VEHICLE} else None,
        until=report.until if takes_off_duty(kind, minutes) else None,
    )


def _before(session: Session, plan: DayPlan, report: DisruptionReport) -> OrdersBefore | None:
    if report.kind is not DisruptionKind.REGRETTED:
        return None
    key = report.takes_back_id or 0
    return orders_before(session, bank_id=plan.bank_id, day=plan.day, disruption_id=key)


def _also(
    session: Session, plan: DayPlan, report: DisruptionReport, then: OrdersBefore | None
) -> Sequence[Pickup]:
    """Return the requests in no round that are to be served as well."""
    if then is not None:
        return unplaced_since(session, plan, then)
    return [get_pickup(session, plan.bank_id, report.pickup_id)] if report.pickup_id else []


def _disruption_facts(
    session: Session, plan: DayPlan, remaining_day: RemainingDay, report: DisruptionReport
) -> DisruptionFacts:
    if report.kind in ROUND_KINDS:
        round_ = _round(plan.rounds, report.round_id)
        shift = str(round_.shift_id)
        tour = remaining_day.present.tour(shift)
        if tour is None:
            raise Refused("nothing_left_to_move")
        if takes_off_duty(report.kind, report.minutes):
            off = shifts_off(plan.rounds, report.kind, round_)
            return DisruptionFacts(kind=report.kind, shift=shift, off=off)
        return DisruptionFacts(kind=report.kind, shift=shift, seconds=60 * (report.minutes or 0))
    if report.kind is DisruptionKind.FREEZER:
        site = owned(session, Site, plan.bank_id, report.site_id or 0)
        if not any(site_place(site) in shift.ends for shift in remaining_day.remaining.shifts):
            raise Refused("nothing_left_to_move")
        return DisruptionFacts(kind=report.kind, gate=site_place(site))
    if report.kind is DisruptionKind.REGRETTED:
        absence = absence_taken_back(session, plan.bank_id, report.takes_back_id)
        is_restored = absence is not None and absence.withdrawn_at is not None
        off = shifts_of_absence(plan.rounds, absence) if absence and is_restored else frozenset()
        return DisruptionFacts(kind=report.kind, off=off)
    visit = str(report.pickup_id)
    if remaining_day.remaining.visit(visit) is None or report.pickup_id in plan.placed:
        raise NotFound("not_found", kind="pickups")
    why = remaining_day.facts.not_plannable(remaining_day.facts.pickups[int(visit)])
    if why is not None and why.value != "below_minimum":
        raise Refused("visit_may_not_be_served", reason=why.value)
    return DisruptionFacts(kind=report.kind, visit=visit)


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
        problem=stored_problem(way.problem),
        start=stored_plan(way.plan),
        plan=None if needs_engine else stored_plan(way.plan),
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
            deadline_seconds=SECONDS + OVERHEAD_SECONDS,
        )
        proposal.job_id = job.id
        session.flush()
