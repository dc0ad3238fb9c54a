"""Readings that a logger posts, with the key of its probe and without a session."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from collector.db import reading, transaction
from collector.errors import NotFound, Refused
from collector.laboratory.heating.profiles import ProbeReading
from collector.laboratory.probes.readings import MOST_POSTED, post_readings, probe_with_key
from collector.web.framework.guards import anyone, now
from collector.web.framework.security import csrf

blueprint = Blueprint("probe_readings", __name__)
csrf.exempt(blueprint)
BEARER = "Bearer "


@blueprint.post("/probes/readings")
@anyone
def post() -> tuple[Response, int] | Response:
    """Keep readings; the body is `{"readings": [{"at": "...Z", "celsius": -19.8}]}`."""
    key = request.headers.get("Authorization", "").removeprefix(BEARER)
    try:
        with reading() as session:
            probe_with_key(session, key)
        readings = _readings(request.get_json(silent=True))
        with transaction() as session:
            kept = post_readings(session, now=now(), key=key, readings=readings)
    except NotFound as unknown:
        return jsonify(error=unknown.code), 401
    except Refused as refused:
        return jsonify(error=refused.code, **_plain(refused.figures)), 422
    return jsonify(kept=kept)


def _readings(body: Any) -> Sequence[ProbeReading]:  # noqa: ANN401 - any JSON
    """Return the readings of a body.

    Raises
    ------
    Refused
        `reading_not_read`: the body has another form, or a time has no offset;
        `too_many_readings`.
    """
    rows = body.get("readings") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise Refused("reading_not_read")
    if len(rows) > MOST_POSTED:
        raise Refused("too_many_readings", most=MOST_POSTED)
    return [_reading(row) for row in rows]


def _reading(row: Any) -> ProbeReading:  # noqa: ANN401 - any JSON
    try:
        at, celsius = datetime.fromisoformat(row["at"]), float(row["celsius"])
    except (KeyError, TypeError, ValueError):
        raise Refused("reading_not_read") from None
    if at.tzinfo is None:
        raise Refused("reading_not_read")
    return ProbeReading(at, celsius)


def _plain(figures: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in figures.items() if isinstance(value, int | str)}
