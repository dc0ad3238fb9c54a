"""Disruptions of a day: their report, their proposals side by side, the acceptance of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.models import Site
from collector.banks.queries import get_bank, sites_of
from collector.db import compute_then_write, owned, reading, transaction
from collector.errors import NotFound
from collector.jobs.actions import AT_WORK, REPEATABLE
from collector.jobs.models import JobState
from collector.jobs.queries import get_job
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
from collector.planning.dispatch.queries import proposals_of
from collector.planning.models import Disruption, DisruptionKind, DisruptionProposal
from collector.rounds.models import DayPlan, Round
from collector.rounds.queries import day_plan
from collector.service_day import ServiceDay
from collector.web.board.page_context import chosen, civil_day, page, whole_number
from collector.web.disruption_wording import DISRUPTIONS, why
from collector.web.framework.guards import actor, now, person_id

blueprint = Blueprint("disruptions", __name__, url_prefix="/days/<day>/dispatch/disruptions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A proposal as the page shows it.

    Attributes
    ----------
    change
        None while the planner is looking, and after its job ended without a plan.
    repeatable
        Its job failed or died, and may be run again.
    """

    proposal: DisruptionProposal
    change: ProposalDifference | None
    looking: bool = False
    repeatable: bool = False


@blueprint.post("")
def make(day: str) -> Response:
    """Report a disruption, instead of an older report if the form names one; show its proposals."""
    on_day, who, report = civil_day(day), actor(), _report(request.form)
    older = _key(request.form, "instead")

    def write(session: Session, computed: ComputedDisruption) -> Disruption:
        if older:
            _dismiss(session, _of_day(session, on_day, older))
        return write_disruption(
            session, computed, now=now(), bank_id=who.bank_id, actor=who.reference
        )

    disruption = compute_then_write(
        lambda session: compute_disruption(
            session, now=now(), bank_id=who.bank_id, day=on_day, report=report
        ),
        write,
    )
    return redirect(
        url_for("board.disruptions.show", day=on_day, disruption_id=disruption.id), code=303
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
        offers = [
            _offer(session, plan, disruption, proposal, pickups)
            for proposal in proposals_of(session, disruption)
        ]
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
        )


@blueprint.post("/<int:disruption_id>/acceptance")
def take(day: str, disruption_id: int) -> Response:
    """Accept a proposal as the day's next revision."""
    on_day, who = civil_day(day), actor()
    with transaction() as session:
        disruption = _of_day(session, on_day, disruption_id)
        published = accept_proposal(
            session,
            now=now(),
            bank_id=who.bank_id,
            proposal_id=_proposal(session, disruption).id,
            person_id=person_id(),
            why=request.form.get("why", "").strip() or why(disruption),
        )
    flash(gettext("Revision %(revision)s is published.", revision=published.revision), "ok")
    return redirect(url_for("board.dispatch.home", day=on_day), code=303)


@blueprint.post("/<int:disruption_id>/attempts")
def run_again(day: str, disruption_id: int) -> Response:
    """Queue a proposal's failed or dead job once more."""
    on_day, who = civil_day(day), actor()
    with transaction() as session:
        proposal = _proposal(session, _of_day(session, on_day, disruption_id))
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


def _report(form: Mapping[str, str]) -> DisruptionReport:
    return DisruptionReport(
        kind=chosen(DisruptionKind, form.get("kind", "")),
        round_id=_key(form, "round"),
        site_id=_key(form, "site"),
        pickup_id=_key(form, "pickup"),
        takes_back_id=_key(form, "takes_back"),
        minutes=_key(form, "minutes"),
    )


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


def _proposal(session: Session, disruption: Disruption) -> DisruptionProposal:
    """Return the proposal of a disruption that the form names.

    Raises
    ------
    NotFound
        It names none.
    """
    key = whole_number(request.form.get("proposal", ""))
    found = owned(session, DisruptionProposal, disruption.bank_id, key)
    if found.disruption_id != disruption.id:
        raise NotFound("not_found", kind="proposals")
    return found


def _key(form: Mapping[str, str], name: str) -> int | None:
    """Return the number in a field; None if it is empty."""
    given = form.get(name, "").strip()
    return whole_number(given) if given else None


def _pickups(plan: DayPlan) -> dict[int, Pickup]:
    stops = (stop.pickup for round_ in plan.rounds for stop in round_.stops)
    return {pickup.id: pickup for pickup in (*stops, *(left.pickup for left in plan.unplanned))}


def _round(plan: DayPlan, round_id: int | None) -> Round | None:
    return next((each for each in plan.rounds if each.id == round_id), None)


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
