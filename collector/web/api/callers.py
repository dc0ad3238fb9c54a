"""The caller of the API: an application, by its token."""

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import abort, g, request
from sqlalchemy.exc import OperationalError

from collector.applications.tokens import USED_EVERY, Caller, caller_of, record_token_use
from collector.db import reading, transaction
from collector.web.framework.context import now

log = logging.getLogger(__name__)

SCHEME = "bearer "


def admit_caller() -> None:
    """Identify the application of the request by its token; 401 without a valid one."""
    given = request.headers.get("Authorization", "")
    if given[: len(SCHEME)].lower() != SCHEME:
        abort(401)
    with reading() as session:
        found = caller_of(session, given[len(SCHEME) :].strip(), now=now())
    if found is None:
        abort(401)
    g.caller = found
    _record_use(found, now())


def caller() -> Caller:
    """Return the application of the request."""
    found: Caller = g.caller
    return found


def zone() -> ZoneInfo:
    """Return the time zone of the caller's bank."""
    return ZoneInfo(caller().time_zone)


def _record_use(found: Caller, at: datetime) -> None:
    if found.used_at is not None and found.used_at + USED_EVERY > at:
        return
    try:
        with transaction() as session:
            record_token_use(session, now=at, application_id=found.id)
    except OperationalError as away:
        # A request that only reads is answered all the same.
        log.warning("the use of a token was not stored: %s", away.orig)
