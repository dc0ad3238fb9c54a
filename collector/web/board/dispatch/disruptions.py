"""Disruptions of a day: their report, their proposals side by side, the acceptance of one."""

from dataclasses import dataclass, replace
from datetime import date

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.models import Site
from collector.banks.queries import get_bank, sites_of
from collector.db import compute_then_write, owned, reading, transaction
from collector.errors import NotFound, Refused
from collector.field_parsers import parse_date, parse_whole_number
from collector.jobs.actions import AT_WORK, REPEATABLE
from collector.jobs.models import JobState
from collector.jobs.queries import get_job
from collector.people.models import Person
from collector.pickups.models import Pickup
from collector.pickups.queries import get_pickup
from collector.planning.dispatch.accept import accept_proposal
from collector.planning.dispatch.difference import ProposalDifference, compare_with_present
from collector.planning.dispatch.disruptions import (
    ComputedDisruption,
    DisruptionReport,
    compute_disruption,
    dismiss_disruption,
    propose_again,
    write_disruption,
)
from collector.planning.dispatch.off_duty import takes_off_duty, write_idle_absence
from collector.planning.dispatch.queries import proposals_of
from collector.planning.dispatch.unserved import (
    UnservedVisit,
    find_other_days,
    unserved_visits,
)
from collector.planning.models import Disruption, DisruptionKind, DisruptionProposal
from collector.rounds.actions import LONGEST_WHY
from collector.rounds.models import DayPlan, Round
from collector.rounds.queries import day_plan
from collector.service_day import ServiceDay
from collector.shifts.actions import withdraw_absence
from collector.shifts.models import Absence
from collector.web.board.page_context import civil_day, page
from collector.web.board.wording import absence
from collector.web.disruption_wording import DISRUPTIONS, why
from collector.web.framework.forms import ChoiceField, Form, KeyField, ParsedField, TextField
from collector.web.framework.guards import actor, now, person_id

blueprint = Blueprint("disruptions", __name__, url_prefix="/days/<day>/dispatch/disruptions")


OVER = frozenset({"nothing_left_to_move", "visit_may_not_be_served", "not_found"})
"""Refusals of a report that nothing is left of: the older report ends."""


class ReportForm(Form):
    """A disruption, or an older one that is reported anew."""

    kind = ChoiceField(DisruptionKind)
    round = KeyField()
    site = KeyField()
    pickup = KeyField()
    takes_back = KeyField()
    minutes = ParsedField[int | None](parse_whole_number, blank=None)
    until = ParsedField[date | None](parse_date, blank=None)
    instead = KeyField()

    def report(self) -> DisruptionReport:
        """Return the report of the form."""
        return DisruptionReport(
            kind=self.kind.data,
            round_id=self.round.data or None,
            site_id=self.site.data or None,
            pickup_id=self.pickup.data or None,
            takes_back_id=self.takes_back.data or None,
            minutes=self.minutes.data,
            until=self.until.data,
        )


class ProposalForm(Form):
    """The choice of a proposal, with a reason for the collectors."""

    proposal = KeyField()
    why = TextField(longest=LONGEST_WHY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A proposal as the page shows it.

    Attributes
    ----------
    change
        None while the planner is looking, and after its job ended without a plan.
    unserved
        The visits that it does not serve, each with its other ways.
    repeatable
        Its job failed or died, and may be run again.
    """

    proposal: DisruptionProposal
    change: ProposalDifference | None
    unserved: tuple[UnservedVisit, ...] = ()
    looking: bool = False
    repeatable: bool = False


@blueprint.post("")
def make(day: str) -> Response:
    """Report a disruption, instead of an older report if the form names one; show its proposals.

    If nothing is left to answer, an older report ends.
    """
    on_day, form = civil_day(day), ReportForm.sent()
    home = url_for("board.dispatch.home", day=on_day)
    if not form.validate():
        flash(form.first_wrong, "danger")
        return redirect(home, code=303)
    try:
        disruption = _reported(on_day, form)
    except (Refused, NotFound) as refused:
        if _is_idle(form, refused):
            _take_off_duty(on_day, form)
            return redirect(home, code=303)
        if not form.instead.data or refused.code not in OVER:
            raise
        with transaction() as session:
            _dismiss(session, _of_day(session, on_day, form.instead.data))
        flash(gettext("Nothing is left to answer there: the report is closed."), "ok")
        return redirect(home, code=303)
    return redirect(
        url_for("board.disruptions.show", day=on_day, disruption_id=disruption.id), code=303
    )


def _is_idle(form: ReportForm, refused: Refused | NotFound) -> bool:
    """Return whether a round without a stop left loses its collector or its vehicle."""
    goes_off = takes_off_duty(form.kind.data, form.minutes.data)
    return refused.code == "nothing_left_to_move" and goes_off and not form.instead.data


def _take_off_duty(day: date, form: ReportForm) -> None:
    who, report = actor(), form.report()
    with transaction() as session:
        found = write_idle_absence(
            session,
            now=now(),
            bank_id=who.bank_id,
            day=day,
            round_id=report.round_id or 0,
            kind=report.kind,
            until=report.until,
            actor=who.reference,
        )
        absent = owned(session, Person, who.bank_id, found.person_id) if found.person_id else None
        said = gettext(
            "%(name)s: %(absence)s. No visit of this day changes.",
            name=absent.name if absent else found.vehicle,
            absence=absence(found),
        )
    flash(said, "ok")


@blueprint.post("/absences/<int:absence_id>/withdrawal")
def back_on_duty(day: str, absence_id: int) -> Response:
    """Take back an absence that changed no visit."""
    on_day, who = civil_day(day), actor()
    with transaction() as session:
        found = owned(session, Absence, who.bank_id, absence_id)
        if found.disruption_id is not None:
            raise NotFound("not_found", kind="absences")
        if found.withdrawn_at is None:
            withdraw_absence(session, found, now=now(), actor=who.reference)
    flash(gettext("Back on duty."), "ok")
    return redirect(url_for("board.dispatch.home", day=on_day), code=303)


def _reported(day: date, form: ReportForm) -> Disruption:
    who, report = actor(), form.report()

    def write(session: Session, computed: ComputedDisruption) -> Disruption:
        if form.instead.data:
            _dismiss(session, _of_day(session, day, form.instead.data))
        return write_disruption(
            session, computed, now=now(), bank_id=who.bank_id, actor=who.reference
        )

    return compute_then_write(
        lambda session: compute_disruption(
            session, now=now(), bank_id=who.bank_id, day=day, report=report
        ),
        write,
    )


@blueprint.get("/<int:disruption_id>")
def show(day: str, disruption_id: int) -> str:
    """Show the proposals, each with its changes, price and messages."""
    on_day, bank_id = civil_day(day), actor().bank_id
    with reading() as session:
        disruption = _of_day(session, on_day, disruption_id)
        plan = day_plan(session, bank_id=bank_id, day=on_day)
        if plan is None:
            raise NotFound("not_found", kind="day_plans")
        pickups = _pickups(plan)
        if disruption.pickup_id and disruption.pickup_id not in pickups:
            pickups[disruption.pickup_id] = get_pickup(session, bank_id, disruption.pickup_id)
        offers = _offers(session, plan, disruption, pickups)
        return page(
            session,
            "board/dispatch/disruption.html",
            day=on_day,
            disruption=disruption,
            title=DISRUPTIONS[disruption.kind],
            round=_round(plan, disruption.round_id),
            site=owned(session, Site, bank_id, disruption.site_id) if disruption.site_id else None,
            sites={site.id: site for site in sites_of(session, bank_id)},
            pickups=pickups,
            offers=offers,
            looking=any(offer.looking for offer in offers),
            stale=plan.version != disruption.day_plan_version,
            off_duty_until=(disruption.until or on_day)
            if takes_off_duty(disruption.kind, disruption.minutes)
            else None,
        )


@blueprint.post("/<int:disruption_id>/acceptance")
def take(day: str, disruption_id: int) -> Response:
    """Accept a proposal as the day's next revision."""
    on_day, who, form = civil_day(day), actor(), ProposalForm.sent()
    with transaction() as session:
        disruption = _of_day(session, on_day, disruption_id)
        published = accept_proposal(
            session,
            now=now(),
            bank_id=who.bank_id,
            proposal_id=_proposal(session, disruption, form).id,
            person_id=person_id(),
            why=form.why.data or why(disruption),
        )
    flash(gettext("Revision %(revision)s is published.", revision=published.revision), "ok")
    return redirect(url_for("board.dispatch.home", day=on_day), code=303)


@blueprint.post("/<int:disruption_id>/attempts")
def run_again(day: str, disruption_id: int) -> Response:
    """Queue a proposal's failed or dead job once more."""
    on_day, who = civil_day(day), actor()
    with transaction() as session:
        disruption = _of_day(session, on_day, disruption_id)
        proposal = _proposal(session, disruption, ProposalForm.sent())
        propose_again(
            session,
            now=now(),
            bank_id=who.bank_id,
            proposal_id=proposal.id,
            actor=who.reference,
        )
    return redirect(
        url_for("board.disruptions.show", day=on_day, disruption_id=disruption_id), code=303
    )


@blueprint.post("/<int:disruption_id>/dismissal")
def dismiss(day: str, disruption_id: int) -> Response:
    """Dismiss a disruption; the day stays as it is."""
    on_day = civil_day(day)
    with transaction() as session:
        _dismiss(session, _of_day(session, on_day, disruption_id))
    return redirect(url_for("board.dispatch.home", day=on_day), code=303)


def _dismiss(session: Session, disruption: Disruption) -> None:
    who = actor()
    dismiss_disruption(
        session,
        now=now(),
        bank_id=who.bank_id,
        disruption_id=disruption.id,
        actor=who.reference,
    )


def _of_day(session: Session, day: date, disruption_id: int) -> Disruption:
    found = owned(session, Disruption, actor().bank_id, disruption_id)
    if found.day != day:
        raise NotFound("not_found", kind="disruptions")
    return found


def _proposal(session: Session, disruption: Disruption, form: ProposalForm) -> DisruptionProposal:
    """Return the proposal of a disruption that the form names.

    Raises
    ------
    NotFound
        It names none.
    """
    found = owned(session, DisruptionProposal, disruption.bank_id, form.proposal.data)
    if found.disruption_id != disruption.id:
        raise NotFound("not_found", kind="proposals")
    return found


def _pickups(plan: DayPlan) -> dict[int, Pickup]:
    stops = (stop.pickup for round_ in plan.rounds for stop in round_.stops)
    return {pickup.id: pickup for pickup in (*stops, *(left.pickup for left in plan.unplanned))}


def _round(plan: DayPlan, round_id: int | None) -> Round | None:
    return next((each for each in plan.rounds if each.id == round_id), None)


def _offers(
    session: Session, plan: DayPlan, disruption: Disruption, pickups: dict[int, Pickup]
) -> list[Offer]:
    """Return the proposals; while one may be accepted, with the other ways of unserved visits."""
    offers = [
        _offer(session, plan, disruption, proposal, pickups)
        for proposal in proposals_of(session, disruption)
    ]
    if disruption.ended_at or plan.version != disruption.day_plan_version:
        return offers
    left = {key for offer in offers if offer.change for key in offer.change.left}
    days = find_other_days(session, day=plan.day, pickups=[pickups[key] for key in sorted(left)])
    return [
        replace(offer, unserved=tuple(unserved_visits(session, plan, offer.proposal, days)))
        if offer.change and offer.change.left
        else offer
        for offer in offers
    ]


def _offer(
    session: Session,
    plan: DayPlan,
    disruption: Disruption,
    proposal: DisruptionProposal,
    pickups: dict[int, Pickup],
) -> Offer:
    if proposal.plan is None:
        state = _job_state(session, proposal)
        return Offer(
            proposal=proposal,
            change=None,
            looking=state in AT_WORK,
            repeatable=state in REPEATABLE,
        )
    day = ServiceDay(plan.day, get_bank(session, plan.bank_id).zone)
    found = compare_with_present(plan, disruption, proposal, pickups, day)
    return Offer(proposal=proposal, change=found)


def _job_state(session: Session, proposal: DisruptionProposal) -> JobState | None:
    if proposal.job_id is None:
        return None
    return get_job(session, bank_id=proposal.bank_id, job_id=proposal.job_id).state
