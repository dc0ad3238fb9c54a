"""Guards: the roles and the session cookie of each surface.

A view is reached through its blueprint's guard (`guard(blueprint, roles)`), or is marked with
`@anyone`. A route that has neither answers 500, and a test fails before that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from collector.clock import Clock
from collector.config import Settings
from collector.db import reading
from collector.people.models import Role
from collector.people.queries import Actor, actor_of
from collector.places.geocoding import Geocoder

View = TypeVar("View", bound=Callable[..., object])


class Surface(StrEnum):
    """A surface with its own session cookie.

    A browser may be signed in to several surfaces at once; the cookie of one opens no other.
    """

    DONOR = "milkround_donor"
    PHONE = "milkround_phone"
    DESK = "milkround_desk"


DOOR_OF_ROLE = {
    Role.DONOR: Surface.DONOR,
    Role.COLLECTOR: Surface.PHONE,
    Role.COORDINATOR: Surface.DESK,
    Role.PROFESSIONAL: Surface.DESK,
    Role.QUALITY: Surface.DESK,
    Role.LABORATORY: Surface.DESK,
    Role.ADMIN: Surface.DESK,
}


@dataclass(frozen=True, slots=True)
class Guard:
    """The roles of a blueprint, and the surface of their sign-in."""

    roles: frozenset[Role]
    door: Surface


_GUARDS: dict[str, Guard] = {}


def init_app(app: Flask) -> None:
    """Run the guard before every view."""
    app.before_request(admit)
    app.jinja_env.globals["may_see"] = may_see


def guard(blueprint: Blueprint, *roles: Role, within: str = "") -> None:
    """Restrict a blueprint to roles, which share one surface.

    Parameters
    ----------
    within
        The parent of a nested blueprint with other roles than its parent.
    """
    (door,) = {DOOR_OF_ROLE[role] for role in roles}
    name = f"{within}.{blueprint.name}" if within else blueprint.name
    _GUARDS[name] = Guard(frozenset(roles), door)


def anyone(view: View) -> View:
    """Mark a view as open without sign-in."""
    view.is_open = True  # type: ignore[attr-defined]
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
    g.actor = _actor(found.door)
    if g.actor is None:
        return _to_sign_in()
    if not found.roles & g.actor.roles:
        abort(403)
    return None


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


def now() -> datetime:
    """Return the present instant of the application's clock."""
    clock: Clock = current_app.extensions["milkround_clock"]
    return clock.now()


def settings() -> Settings:
    """Return the installation's settings."""
    found: Settings = current_app.extensions["milkround_settings"]
    return found


def geocoder() -> Geocoder:
    """Return the geocoder of the installation."""
    found: Geocoder = current_app.extensions["milkround_geocoder"]
    return found


def _actor(door: Surface) -> Actor | None:
    token = request.cookies.get(door)
    if not token:
        return None
    with reading() as session:
        return actor_of(session, token, now=now())


def _to_sign_in() -> Response:
    accepted = request.accept_mimetypes
    if request.method != "GET" or (accepted and not accepted.accept_html):
        abort(401)
    return redirect(url_for("session.ask", next=request.full_path.rstrip("?")))
