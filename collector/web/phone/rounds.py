"""The phone's rounds: the published round, its events, photos and the run sheet."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, jsonify, request
from flask_babel import lazy_gettext
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.custody.photos import keep_photo
from collector.db import reading, transaction
from collector.errors import Conflict, MilkroundError, Refused
from collector.planning.dispatch.defer_stop import deferral_cost
from collector.rounds.events.intake import EventResult, accept_events
from collector.rounds.events.monitoring import incidents_of
from collector.rounds.events.queries import (
    count_events,
    event_rows,
    followed_round,
    followed_rounds,
)
from collector.rounds.models import Incident, Round, RoundEvent
from collector.rounds.phone_config import phone_config
from collector.rounds.phone_places import forget_place, keep_place
from collector.service_day import ServiceDay
from collector.web.framework.guards import actor, now, person_id
from collector.web.phone.device import record_contact
from collector.web.phone.field_words import field_words
from collector.web.run_sheet import sheet_page
from collector.web.wording import sentence

blueprint = Blueprint("rounds", __name__, url_prefix="/rounds")

MOST_EVENTS = 500
"""Most events in one POST."""
FAILED = lazy_gettext(
    "Our server has a fault with this record. It stays on this phone, which tries again."
)
"""The reason that the phone shows for a record that met a fault of ours."""
PLACE, NAN = ("latitude", "longitude"), float("nan")
TRIES = 3
"""Attempts of one POST when the office changes the same rows meanwhile."""


@blueprint.get("")
def rounds() -> Response:
    """List the collector's rounds of today and tomorrow, with the bank's terms."""
    record_contact()
    today = ServiceDay.of(now(), ZoneInfo(actor().time_zone)).day
    with reading() as session:
        found = followed_rounds(
            session, bank_id=actor().bank_id, person_id=person_id(), today=today
        )
        listed = [_listed(session, each) for each in found]
        config = phone_config(session, actor().bank_id)
    person = {"id": person_id(), "name": actor().name}
    return jsonify(
        rounds=listed,
        person=person,
        session=actor().session_id,
        terms=config,
        now=now().isoformat(),
    )


@blueprint.get("/<int:round_id>")
def promised(round_id: int) -> Response:
    """Send a round as it was published; its revision is its ETag."""
    with reading() as session:
        found = _own(session, round_id)
        answer = jsonify(found.published)
        answer.set_etag(str(found.revision))
    answer.make_conditional(request)
    return answer


@blueprint.get("/<int:round_id>/events")
def stored(round_id: int) -> Response:
    """Send the stored events, for a phone that was replaced or is the second one."""
    with reading() as session:
        _own(session, round_id)
        rows = event_rows(session, bank_id=actor().bank_id, round_id=round_id)
        return jsonify(events=[_as_json(row) for row in rows])


@blueprint.post("/<int:round_id>/events")
def send(round_id: int) -> Response:
    """Accept events in one transaction, and return a result for each."""
    events = request.get_json()
    if not isinstance(events, list):
        raise Refused("events_not_a_list")
    if len(events) > MOST_EVENTS:
        raise Refused("too_many_events", most=MOST_EVENTS)
    results = _accept(round_id, events)
    failures = [
        {"client_id": _client_id(event), "message": str(FAILED)}
        for event, result in zip(events, results, strict=True)
        if result is None
    ]
    outcomes = [_answer(result) for result in results if result is not None]
    return jsonify(outcomes=outcomes, failures=failures)


@blueprint.get("/<int:round_id>/visits/<int:pickup_id>/later")
def later(round_id: int, pickup_id: int) -> Response:
    """Return the seconds and metres that a return to a stop at the end of the round adds."""
    with reading() as session:
        day = date.fromisoformat((_own(session, round_id).published or {})["day"])
        price = deferral_cost(
            session,
            bank_id=actor().bank_id,
            day=day,
            round_id=round_id,
            pickup_id=pickup_id,
        )
    return jsonify(seconds=price.seconds, metres=price.metres)


@blueprint.post("/<int:round_id>/photos/<uuid:client_id>")
def photograph(round_id: int, client_id: UUID) -> Response:
    """Store a picture that a record names; it may arrive before the record or after it."""
    with transaction() as session:
        _own(session, round_id)
        keep_photo(
            session,
            now=now(),
            bank_id=actor().bank_id,
            round_id=round_id,
            person_id=person_id(),
            client_id=client_id,
            jpeg=request.get_data(cache=False),
        )
    return jsonify(kept=True)


@blueprint.post("/<int:round_id>/place")
def tell_place(round_id: int) -> Response:
    """Keep the last place of the phone; it is sent only if the collector agreed on the phone."""
    sent = request.get_json()
    place = [sent.get(name) if isinstance(sent, dict) else None for name in PLACE]
    latitude, longitude = (float(each) if isinstance(each, int | float) else NAN for each in place)
    with transaction() as session:
        round_ = _own(session, round_id)
        keep_place(session, now=now(), round_=round_, latitude=latitude, longitude=longitude)
    return jsonify(kept=True)


@blueprint.delete("/<int:round_id>/place")
def forget(round_id: int) -> Response:
    """Delete the last place of the phone: the collector withdrew."""
    with transaction() as session:
        forget_place(session, _own(session, round_id))
    return jsonify(kept=False)


@blueprint.get("/<int:round_id>/sheet")
def sheet(round_id: int) -> str:
    """Show the round as a sheet to print: no names, a code for each stop."""
    with reading() as session:
        phone = get_bank(session, actor().bank_id).phone
        return sheet_page(session, _own(session, round_id), phone=phone)


def _accept(round_id: int, events: list[object]) -> Sequence[EventResult | None]:
    """Accept events in one transaction, or by halves if one of them meets a fault of ours.

    Returns
    -------
    sequence of EventResult or None
        One for each event; None for an event that alone meets the fault. It has no result, so that
        the phone keeps it.
    """
    try:
        return _in_one_transaction(round_id, events)
    except (MilkroundError, OperationalError):
        # The latter is a database out of reach: smaller requests would meet it as well.
        raise
    except Exception:
        current_app.logger.exception("%s events of round %s failed", len(events), round_id)
    if len(events) == 1:
        return [None]
    middle = len(events) // 2
    return [*_accept(round_id, events[:middle]), *_accept(round_id, events[middle:])]


def _client_id(event: object) -> object:
    return event.get("client_id") if isinstance(event, dict) else None


def _in_one_transaction(round_id: int, events: list[object]) -> list[EventResult]:
    """Accept events, again if the office changes the same rows meanwhile."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction() as session:
                return accept_events(
                    session,
                    now=now(),
                    bank_id=actor().bank_id,
                    person_id=person_id(),
                    round_id=round_id,
                    sent=events,
                )
        except Conflict:
            if attempt == TRIES:
                raise
    raise AssertionError("the last attempt returns or raises")


def _answer(result: EventResult) -> dict[str, object]:
    message, field = None, result.figures.get("field")
    if result.code is not None:
        figures = {**result.figures, "field": field_words(str(field))} if field else result.figures
        message = sentence(Refused(result.code, **figures))
    return {
        "client_id": result.client_id,
        "status": result.status.value,
        "code": result.code,
        "field": field,
        "message": message,
    }


def _own(session: Session, round_id: int) -> Round:
    return followed_round(
        session, bank_id=actor().bank_id, person_id=person_id(), round_id=round_id
    )


def _listed(session: Session, round_: Round) -> dict[str, object]:
    published = round_.published or {}
    return {
        "round": round_.id,
        "revision": round_.revision,
        "acknowledged": round_.acknowledged,
        "day": published.get("day"),
        "letter": round_.letter,
        "state": round_.state.value,
        "events": count_events(session, bank_id=round_.bank_id, round_id=round_.id),
        "incidents": [
            _as_incident(incident, event)
            for incident, event in incidents_of(session, round_id=round_.id)
        ],
    }


def _as_incident(incident: Incident, event: RoundEvent) -> dict[str, object]:
    return {
        "client_id": event.client_id,
        "kind": incident.kind.value,
        "decision": incident.decision.value if incident.decision else None,
        "note": incident.decision_note,
    }


def _as_json(row: RoundEvent) -> dict[str, object]:
    return {
        "client_id": row.client_id,
        "kind": row.kind.value,
        "pickup": row.pickup_id,
        "sequence": row.sequence,
        # The order of events follows from the phone's own time, every clock from the instant.
        "device_at": (row.reported_at or row.device_at).isoformat(),
        "happened_at": row.device_at.isoformat(),
        "device": row.device or None,
        "payload": row.payload,
    }
