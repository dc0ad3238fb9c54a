"""A line of the log for each request: its id, route, status and duration.

The route is the pattern of the address, not the address: that may hold a token or a key. The line
of a refused request names the code of the refusal and the actor: forged forms, fields out of their
bounds, rows of another bank and limits are found by it.
"""

import logging
import re
import secrets
from time import perf_counter

from flask import Flask, Response, current_app, g, request

from collector.logs import request_id
from collector.web_metrics import COUNT_ANSWER

HEADER = "X-Request-ID"
FIRST_REFUSAL = 400
"""The first HTTP status whose line names the code of the refusal and the actor."""
ACCEPTED = re.compile(r"[A-Za-z0-9_-]{8,64}")

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Give every request an id, and log its answer."""
    app.before_request(_begin)
    app.after_request(_tell)
    app.teardown_request(_end)


def _begin() -> None:
    given = request.headers.get(HEADER, "")
    request_id.set(given if ACCEPTED.fullmatch(given) else secrets.token_hex(8))
    g.begun_at = perf_counter()


def _tell(response: Response) -> Response:
    response.headers[HEADER] = request_id.get()
    seconds = perf_counter() - g.begun_at if "begun_at" in g else 0.0
    route = request.url_rule.rule if request.url_rule else "none"
    count = current_app.extensions.get(COUNT_ANSWER)
    if count:
        count(request.method, route, response.status_code, seconds)
    figures = {
        "method": request.method,
        "route": route,
        "status": response.status_code,
        "milliseconds": round(seconds * 1000),
    }
    if response.status_code >= FIRST_REFUSAL:
        figures["refused"] = g.get("refused", "")
        figures["actor"] = actor.reference if (actor := g.get("actor")) else ""
    log.info("answered", extra=figures)
    return response


def note_refusal(code: str) -> None:
    """Add the code of a refusal to the line of the present request."""
    g.refused = code


def _end(_error: BaseException | None) -> None:
    request_id.set("")
