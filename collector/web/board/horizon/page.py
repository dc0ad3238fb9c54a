"""The coming weeks: due donors, proposed days, zones by weekday, levers."""

from collections.abc import Iterable
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField

from collector.banks.actions import set_weekdays
from collector.banks.policies import PolicyKey
from collector.banks.queries import sites_of, zones_of
from collector.db import owned, reading, transaction
from collector.errors import Conflict, Refused
from collector.jobs.actions import REPEATABLE
from collector.pickups.models import Pickup
from collector.planning.horizon.actions import propose_days, request_days, request_days_again
from collector.planning.horizon.due_dates import Levers, bank_levers
from collector.planning.horizon.levers import price_levers
from collector.planning.horizon.problem import MOST_WEEKS, Weeks, levers_of, load_weeks
from collector.planning.horizon.queries import (
    job_of,
    latest_horizon,
    proposed_days,
    requests_by_donor,
)
from collector.planning.models import Horizon
from collector.service_day import ServiceDay
from collector.web.board.horizon.map import horizon_map
from collector.web.board.horizon.view_model import HorizonView, build_horizon_view
from collector.web.board.page_context import page, today
from collector.web.framework.forms import Form, KeysField, ParsedField, parse_key
from collector.web.framework.guards import actor, now
from collector.web.wording import sentence

blueprint = Blueprint("horizon", __name__, url_prefix="/horizon")

MOST_MINIMUM_ML, MOST_RADIUS_KM = 10_000, 1_000
CHOICES = (2, 3, 4)


class LeversForm(Form):
    """The weeks ahead, and other rules than the bank's; empty fields keep the usual ones."""

    weeks = ParsedField[int | None](parse_key, blank=None)
    minimum = ParsedField[int | None](parse_key, blank=None)
    radius = ParsedField[int | None](parse_key, blank=None)

    def levers(self, usual: Levers) -> Levers:
        """Return the rules of the form, within bounds."""
        return replace(
            usual,
            minimum_ml=_bounded(self.minimum.data, usual.minimum_ml, MOST_MINIMUM_ML),
            radius_km=_bounded(self.radius.data, usual.radius_km, MOST_RADIUS_KM),
        )

    def whole_weeks(self, horizon: Horizon | None) -> int:
        """Return the weeks of the form; by default those of a horizon, or the most."""
        usual = ((horizon.last - horizon.first).days + 1) // 7 if horizon else MOST_WEEKS
        return _bounded(self.weeks.data, usual, MOST_WEEKS) or 1


class DonorsForm(Form):
    """The donors whose days are proposed to them."""

    donor = KeysField()


def zones_form(zones: Iterable[int]) -> type[Form]:
    """Return the form of the weekdays of each zone."""
    fields = {f"zone_{key}": SelectMultipleField(validate_choice=False) for key in zones}
    return type("ZonesForm", (Form,), fields)


def _bounded(given: int | None, usual: int, most: int) -> int:
    return usual if given is None else min(given, most)


@blueprint.get("")
def home() -> str:
    """Show the due donors and their proposed days."""
    bank_id = actor().bank_id
    with reading() as session:
        horizon = latest_horizon(session, bank_id)
        form = LeversForm.queried()
        levers, weeks = form.levers(_last_used(session, horizon)), form.whole_weeks(horizon)
        ahead = load_weeks(session, now=now(), bank_id=bank_id, weeks=weeks, levers=levers)
        job = job_of(session, horizon) if horizon else None
        seen, zones = _horizon_view(session, ahead, horizon), zones_of(session, bank_id)
        return page(
            session,
            "board/horizon/page.html",
            seen=seen,
            ahead=ahead,
            horizon=horizon,
            job=job,
            repeatable=job is not None and job.state in REPEATABLE,
            levers=levers,
            rules=bank_levers(session, bank_id, on=today()),
            weeks=weeks,
            choices=CHOICES,
            zones=zones,
            urgency=ahead.policies[PolicyKey.MILK_URGENCY_PERCENT],
            map=horizon_map(seen, sites_of(session, bank_id), zones, today=today()),
        )


@blueprint.post("")
def make() -> Response:
    """Request days from the planner."""
    who, form = actor(), LeversForm.sent()
    try:
        with transaction() as session:
            horizon = request_days(
                session,
                now=now(),
                bank_id=who.bank_id,
                weeks=form.whole_weeks(None),
                levers=form.levers(bank_levers(session, who.bank_id, on=today())),
                asked_by=who.reference,
            )
    except (Refused, Conflict) as refused:
        flash(sentence(refused), "warn")
        return redirect(url_for("board.horizon.home"), code=303)
    return _back(horizon)


@blueprint.post("/<int:horizon_id>/attempts")
def run_again(horizon_id: int) -> Response:
    """Queue a failed or dead job once more."""
    who = actor()
    with transaction() as session:
        horizon = request_days_again(
            session,
            now=now(),
            bank_id=who.bank_id,
            horizon_id=horizon_id,
            asked_by=who.reference,
        )
    return _back(horizon)


@blueprint.post("/<int:horizon_id>/proposals")
def propose(horizon_id: int) -> Response:
    """Propose the selected days to their donors."""
    who = actor()
    form = DonorsForm.sent()
    with transaction() as session:
        made = propose_days(
            session,
            now=now(),
            bank_id=who.bank_id,
            horizon_id=horizon_id,
            donors=form.donor.data,
            actor=who.reference,
        )
        horizon = owned(session, Horizon, who.bank_id, horizon_id)
    flash(
        ngettext(
            "%(num)s donor is told her day; she may change it.",
            "%(num)s donors are told their day; they may change it.",
            len(made),
        ),
        "ok" if made else "warn",
    )
    return _back(horizon)


@blueprint.get("/<int:horizon_id>/levers")
def levers(horizon_id: int) -> str:
    """Show the price of other rules in donors, milk and kilometres."""
    with reading() as session:
        horizon = owned(session, Horizon, actor().bank_id, horizon_id)
        found = price_levers(session, now=now(), horizon=horizon, others=_others(horizon))
        return render_template("board/horizon/_levers.html", horizon=horizon, found=found)


@blueprint.post("/zones")
def zones() -> Response:
    """Store the weekdays on which each zone is served."""
    who = actor()
    with transaction() as session:
        found = zones_of(session, who.bank_id)
        form = zones_form(zone.id for zone in found).sent()
        for zone in found:
            set_weekdays(
                session,
                now=now(),
                bank_id=who.bank_id,
                zone_id=zone.id,
                weekdays=form.data[f"zone_{zone.id}"],
                actor=who.reference,
            )
    return redirect(url_for("board.horizon.home"), code=303)


def _horizon_view(session: Session, ahead: Weeks, horizon: Horizon | None) -> HorizonView:
    found = proposed_days(horizon, ServiceDay(horizon.first, ahead.first.zone)) if horizon else []
    made: dict[int, Pickup] = requests_by_donor(session, horizon) if horizon else {}
    return build_horizon_view(ahead, found, made)


def _last_used(session: Session, horizon: Horizon | None) -> Levers:
    if horizon is None:
        return bank_levers(session, actor().bank_id, on=today())
    return levers_of(session, horizon)


def _others(horizon: Horizon) -> list[Levers]:
    """Return other rules for a shortage and for a surplus."""
    least, radius = horizon.minimum_ml, horizon.radius_km
    return [
        *(
            Levers(minimum_ml=minimum, radius_km=radius)
            for minimum in sorted({least // 2, least * 3 // 4, least * 3 // 2} - {least})
        ),
        *(
            Levers(minimum_ml=least, radius_km=distance)
            for distance in sorted({radius // 2, radius * 5 // 4} - {radius})
        ),
    ]


def _back(horizon: Horizon) -> Response:
    weeks = ((horizon.last - horizon.first).days + 1) // 7
    return redirect(url_for("board.horizon.home", weeks=weeks), code=303)
