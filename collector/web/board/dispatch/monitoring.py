"""Monitoring of a day on the road: phones, incidents to decide, conflicting records."""

from datetime import date

from flask import Blueprint, Response, make_response, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from collector.banks.queries import get_bank
from collector.custody.photos import photo_of
from collector.db import reading, transaction
from collector.errors import NotFound
from collector.people.devices import revoke_device
from collector.people.models import Role
from collector.pickups.models import Pickup
from collector.pickups.queries import get_pickup
from collector.rounds.events.conflicts import choose_record
from collector.rounds.events.monitoring import (
    Disagreement,
    RoundOnTheRoad,
    disagreements,
    on_the_road,
)
from collector.rounds.incidents import decide_incident
from collector.rounds.models import IncidentDecision, Round
from collector.rounds.queries import get_round
from collector.web.board.page_context import (
    civil_day,
    page,
    people_by_id,
    uuid_of,
)
from collector.web.framework.forms import ChoiceField, Form, KeyField, TextField
from collector.web.framework.guards import actor, now, person_id
from collector.web.run_sheet import sheet_page, sheet_pdf

blueprint = Blueprint("monitoring", __name__, url_prefix="/days/<day>/dispatch/monitoring")


class IncidentDecisionForm(Form):
    """The decision on an incident, with a note to the collector."""

    incident = KeyField()
    decision = ChoiceField(IncidentDecision)
    note = TextField()


class RecordForm(Form):
    """The record that stands, of two that differ."""

    event = KeyField()


class RevocationForm(Form):
    """The lost phone."""

    device = KeyField()


@blueprint.get("")
def home(day: str) -> str:
    """Show a day by the events of its phones."""
    on_day, bank_id = civil_day(day), actor().bank_id
    with reading() as session:
        rounds = on_the_road(session, bank_id=bank_id, day=on_day)
        differing = disagreements(rounds)
        return page(
            session,
            "board/dispatch/monitoring.html",
            day=on_day,
            told=rounds,
            differing=differing,
            pickups=_pickups(session, rounds, differing),
            people=people_by_id(session, Role.COLLECTOR, Role.COORDINATOR),
            decisions=list(IncidentDecision),
            now=now(),
        )


@blueprint.post("/decisions")
def decide(day: str) -> Redirect:
    """Decide an incident."""
    form = IncidentDecisionForm.sent()
    with transaction() as session:
        decide_incident(
            session,
            now=now(),
            bank_id=actor().bank_id,
            incident_id=form.incident.data,
            person_id=person_id(),
            decision=form.decision.data,
            note=form.note.data,
        )
    return _back(day)


@blueprint.post("/records")
def choose(day: str) -> Redirect:
    """Let one of two records stand."""
    form = RecordForm.sent()
    with transaction() as session:
        choose_record(
            session,
            now=now(),
            bank_id=actor().bank_id,
            event_id=form.event.data,
            person_id=person_id(),
        )
    return _back(day)


@blueprint.post("/revocations")
def revoke(day: str) -> Redirect:
    """Revoke a lost phone."""
    form = RevocationForm.sent()
    with transaction() as session:
        revoke_device(
            session,
            now=now(),
            bank_id=actor().bank_id,
            device_id=form.device.data,
            person_id=person_id(),
        )
    return _back(day)


@blueprint.get("/sheets/<int:round_id>")
def sheet(day: str, round_id: int) -> str:
    """Show a round as a printed sheet: no names, a code for each stop."""
    with reading() as session:
        phone = get_bank(session, actor().bank_id).phone
        return sheet_page(session, _round_of(session, civil_day(day), round_id), phone=phone)


@blueprint.get("/sheets/<int:round_id>.pdf")
def pdf(day: str, round_id: int) -> Response:
    """Return the sheet as a PDF."""
    with reading() as session:
        phone = get_bank(session, actor().bank_id).phone
        printed = sheet_pdf(session, _round_of(session, civil_day(day), round_id), phone=phone)
        answer = make_response(printed)
    answer.headers["Content-Type"] = "application/pdf"
    return answer


@blueprint.get("/photos/<name>")
def photo(day: str, name: str) -> Response:
    """Return a photo taken at a stop."""
    civil_day(day)
    with reading() as session:
        found = photo_of(session, bank_id=actor().bank_id, client_id=uuid_of(name))
        answer = make_response(found.jpeg)
    answer.headers["Content-Type"] = "image/jpeg"
    return answer


def _round_of(session: Session, day: date, round_id: int) -> Round:
    found = get_round(session, bank_id=actor().bank_id, round_id=round_id)
    if found.day_plan.day != day:
        raise NotFound("not_found", kind="rounds")
    return found


def _pickups(
    session: Session, rounds: list[RoundOnTheRoad], differing: list[Disagreement]
) -> dict[int, Pickup]:
    keys = {each.pickup_id for each in differing}
    for each in rounds:
        keys |= {*each.strays, *(i.pickup_id for i, _ in each.incidents if i.pickup_id)}
    return {key: get_pickup(session, actor().bank_id, key) for key in sorted(keys)}


def _back(day: str) -> Redirect:
    return redirect(url_for("board.monitoring.home", day=civil_day(day)), code=303)
