"""Answers to errors, as a page or as JSON."""

import logging

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from collector.db import is_away
from collector.errors import Conflict, MilkroundError, NotFound, Refused
from collector.web.framework.problems import is_of_api, problem
from collector.web.framework.request_log import note_refusal
from collector.web.wording import ERRORS, sentence
from collector.writer_queue import is_locked

_ = lazy_gettext

log = logging.getLogger(__name__)

OUR_FAULT = 500
"""The first HTTP status of server errors."""

RETRY_SECONDS = "5"
"""Seconds until a browser or a phone tries again while the database is away or busy."""

STATUS: dict[type[MilkroundError], int] = {NotFound: 404, Refused: 422, Conflict: 409}

TITLES: dict[int, LazyString] = {
    400: _("Not understood"),
    401: _("Please sign in"),
    403: _("Not for your account"),
    404: _("Page not found"),
    405: _("Not possible from here"),
    409: _("Changed meanwhile"),
    413: _("File too large"),
    415: _("Kind of content not accepted"),
    422: _("Not accepted"),
    429: _("Too many attempts"),
    500: _("A fault on our side"),
    503: _("Closed for a moment"),
}
"""The title of an error page by HTTP status; another status takes 400's or 500's."""


def init_app(app: Flask) -> None:
    """Answer every error in words, as a page or as JSON."""
    app.register_error_handler(MilkroundError, answer_refusal)
    app.register_error_handler(CSRFError, answer_old_form)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(DBAPIError, answer_database)
    app.register_error_handler(Exception, answer_accident)


def answer_refusal(error: MilkroundError) -> Response:
    """Answer a refusal or a conflict with its sentence."""
    return _answer(STATUS[type(error)], error.code, sentence(error))


def answer_old_form(_error: CSRFError) -> Response:
    """Answer a form with an expired or missing CSRF token."""
    return _answer(400, "form_too_old", sentence(Refused("form_too_old")))


def answer_http(error: HTTPException) -> Response:
    """Answer an HTTP error: not found, forbidden, too large."""
    if isinstance(error, SecurityError):
        # Under a strange host no address of a page can be made.
        return Response(str(sentence(Refused("http_400"))), 400, mimetype="text/plain")
    if error.response is not None:
        return make_response(error.response)
    status = error.code or 500
    known = f"http_{status}" in ERRORS
    code = f"http_{status}" if known else "http_500" if status >= OUR_FAULT else "http_400"
    response = _answer(status, code, sentence(Refused(code)))
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response


def answer_database(error: DBAPIError) -> Response:
    """Answer that the database did not respond, or was busy, and nothing was stored."""
    if not is_away(error):
        return answer_accident(error)
    log.error("database: %s", error.orig)
    busy = isinstance(error, OperationalError) and is_locked(error)
    code = "database_busy" if busy else "http_503"
    response = _answer(503, code, sentence(Refused(code)))
    response.headers["Retry-After"] = RETRY_SECONDS
    return response


def answer_accident(error: Exception) -> Response:
    """Log a defect of the program, and answer that it is one."""
    log.error("unexpected", exc_info=error)
    return _answer(500, "http_500", sentence(Refused("http_500")))


def _answer(status: int, code: str, text: str) -> Response:
    note_refusal(code)
    if is_of_api():
        return problem(status, code, text)
    if wants_json():
        return make_response(jsonify(error=code, message=text), status)
    page = "errors/fragment.html" if "HX-Request" in request.headers else "errors/page.html"
    title = TITLES.get(status) or TITLES[OUR_FAULT if status >= OUR_FAULT else 400]
    return make_response(
        render_template(page, status=status, code=code, title=title, text=text), status
    )


def wants_json() -> bool:
    """Return whether the caller accepts JSON rather than pages."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.is_json or best == "application/json"
