"""Guards: the roles and the session cookie of each surface.

A view is reached through its blueprint's guard (`guard(blueprint, roles)`), or is marked with
`@anyone`. A route that has neither answers 500, and a test fails before that.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, abort, current_app, g, make_response, redirect, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.errors import Refused
from collector.people.models import Role, Surface
from collector.people.queries import Actor, actor_of
from collector.people.sessions import SEEN_EVERY, STAFF_IDLE, record_use
from collector.service_day import ServiceDay
from collector.shifts.queries import shifts_between
from collector.web.framework.context import geocoder, now, settings
from collector.web.framework.kept_form import kept_form
from collector.web.framework.session_cookies import needs_renewal, renew_token, token_of

View = TypeVar("View", bound=Callable[..., object])


log = logging.getLogger(__name__)

__all__ = [
    "Surface",
    "actor",
    "anyone",
    "donor_id",
    "geocoder",
    "guard",
    "guard_by",
    "guard_of",
    "is_proved",
    "may_see",
    "now",
    "person_id",
    "settings",
    "signed_in",
    "unattended",
]

BACKGROUND = "X-Milkround-Background"
"""The header of a request that a page makes by itself; it does not keep a session alive."""

DOOR_OF_ROLE = {
    Role.DONOR: Surface.DONOR,
    Role.COLLECTOR: Surface.PHONE,
    Role.COORDINATOR: Surface.DESK,
    Role.PROFESSIONAL: Surface.DESK,
    Role.QUALITY: Surface.DESK,
    Role.LABORATORY: Surface.DESK,
    Role.RELEASER: Surface.DESK,
    Role.DISPENSER: Surface.DESK,
    Role.WARD: Surface.WARD,
    Role.ADMIN: Surface.DESK,
}


@dataclass(frozen=True, slots=True)
class Guard:
    """The roles of a blueprint, and the surface of their sign-in."""

    roles: frozenset[Role]
    door: Surface
    unproved: bool = False
    """Whether the desk's pages open before the second factor."""
    admits: Callable[[], None] | None = None
    """Admission by something else than a session; it raises for a caller without access."""


_GUARDS: dict[str, Guard] = {}


def init_app(app: Flask) -> None:
    """Run the guard before every view."""
    app.before_request(admit)
    app.jinja_env.globals["may_see"] = may_see


def guard(blueprint: Blueprint, *roles: Role, within: str = "", unproved: bool = False) -> None:
    """Restrict a blueprint to roles, which share one surface.

    Parameters
    ----------
    within
        The parent of a nested blueprint with other roles than its parent.
    unproved
        Whether the desk's pages open before the second factor.
    """
    (door,) = {DOOR_OF_ROLE[role] for role in roles}
    name = f"{within}.{blueprint.name}" if within else blueprint.name
    _GUARDS[name] = Guard(frozenset(roles), door, unproved)


def guard_by(blueprint: Blueprint, admits: Callable[[], None]) -> None:
    """Leave the admission to a blueprint's views to a function: no role of a session opens them."""
    _GUARDS[blueprint.name] = Guard(frozenset(), Surface.DESK, admits=admits)


def anyone(view: View) -> View:
    """Mark a view as open without sign-in."""
    view.is_open = True  # type: ignore[attr-defined]
    return view


def unattended(view: View) -> View:
    """Mark a view that a page opens by itself; it does not keep a session alive."""
    view.is_unattended = True  # type: ignore[attr-defined]
    return view


def guard_of(endpoint: str) -> Guard | None:
    """Return the guard of an endpoint, or None if it is open.

    Raises
    ------
    LookupError
        The endpoint has neither guard nor mark.
    """
    view = current_app.view_functions[endpoint]
    if endpoint == "static" or getattr(view, "is_open", False):
        return None
    surface = endpoint.rpartition(".")[0]
    while surface not in _GUARDS and "." in surface:
        surface = surface.rpartition(".")[0]
    return _GUARDS[surface]


def may_see(endpoint: str) -> bool:
    """Return whether the signed-in actor may open a page; other links are hidden."""
    found = guard_of(endpoint)
    return found is None or (g.get("actor") is not None and bool(found.roles & g.actor.roles))


def admit() -> Response | None:
    """Identify the actor of the request, and refuse roles without access."""
    g.actor = None
    found = guard_of(request.endpoint) if request.endpoint else None
    if found is None:
        return None
    if found.admits is not None:
        found.admits()
        return None
    g.actor = signed_in(found.door, token_of(found.door))
    if g.actor is None:
        return _to_sign_in()
    if not found.roles & g.actor.roles:
        log.warning("access refused: %s to %s", request.endpoint, g.actor.reference)
        abort(403)
    _record_use(found.door)
    if found.door is Surface.DESK and not found.unproved and not is_proved():
        return _to_proof()
    return None


def is_proved() -> bool:
    """Return whether the session has its second factor, or needs none."""
    return settings().demonstration or actor().proved


def actor() -> Actor:
    """Return the signed-in actor of a guarded view."""
    found: Actor = g.actor
    return found


def donor_id() -> int:
    """Return the signed-in donor's key; other roles are refused (403)."""
    key = actor().donor_id
    if key is None:
        abort(403)
    return key


def person_id() -> int:
    """Return the key of the signed-in member of the staff."""
    found = actor().person_id
    if found is None:
        raise AssertionError("a page for staff was reached by a donor")
    return found


def signed_in(door: Surface, token: str) -> Actor | None:
    """Return the actor of a session on a surface, or None if the session has ended."""
    if not token:
        return None
    with reading() as session:
        found = actor_of(session, token, now=now(), surface=door)
        if found is None or door is not Surface.PHONE or found.seen_at + STAFF_IDLE > now():
            return found
        today = ServiceDay.of(now(), ZoneInfo(found.time_zone)).day
        # A round may be under way at midnight.
        yesterday = today - timedelta(days=1)
        on_duty = shifts_between(
            session, bank_id=found.bank_id, person_id=found.person_id, first=yesterday, last=today
        )
    return found if on_duty else None


def _record_use(door: Surface) -> None:
    """Store the use of the session, at most once a minute."""
    view = current_app.view_functions[request.endpoint or ""]
    by_itself = BACKGROUND in request.headers or getattr(view, "is_unattended", False)
    if by_itself or actor().seen_at + SEEN_EVERY > now():
        return
    try:
        with transaction() as session:
            record_use(session, now=now(), session_id=actor().session_id)
    except OperationalError as away:
        # A page that only reads is shown all the same.
        log.warning("the use of a session was not stored: %s", away.orig)
    if needs_renewal(door):
        renew_token(door, token_of(door))


def _to_proof() -> Response:
    """Lead a page to the second factor; refuse everything else."""
    if request.method != "GET" or not _shows_pages():
        raise Refused("second_factor_needed")
    return redirect(url_for("proof.ask", next=request.full_path.rstrip("?")))


def _shows_pages() -> bool:
    accepted = request.accept_mimetypes
    return not accepted or accepted.accept_html


def _to_sign_in() -> Response:
    if request.method == "GET" and _shows_pages():
        # The phone's page is installed, and keeps its sessions apart from the browser's.
        place = "/phone" if request.path.startswith("/phone/") else ""
        wanted = urlencode({"next": request.full_path.rstrip("?")})
        return redirect(f"{place}/sign-in?{wanted}")
    again = kept_form() if _shows_pages() else None
    if again is None:
        abort(401)
    return make_response(again, 401)
