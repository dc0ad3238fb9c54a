"""Cookies of sessions: names, flags, renewal and removal.

With https a name begins with `__Host-`: the browser then accepts the cookie from this host alone,
for every path, over TLS. A cookie of an earlier version is read once more and replaced.
"""

from flask import Flask, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.wrappers import Request
from werkzeug.wrappers import Response

from collector.people.models import Surface
from collector.people.sessions import DONOR_IDLE, STAFF_SESSION_LIVES
from collector.web.framework.context import settings

HOST_PREFIX = "__Host-"
LASTS = {
    Surface.DONOR: DONOR_IDLE,
    Surface.PHONE: STAFF_SESSION_LIVES,
    Surface.DESK: STAFF_SESSION_LIVES,
    Surface.WARD: STAFF_SESSION_LIVES,
}


class FormSessions(SecureCookieSessionInterface):
    """Flask's signed session, also read from the cookie of an earlier version."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of the request."""
        name = self.get_cookie_name(app)
        former = name.removeprefix(HOST_PREFIX)
        if name != former and name not in request.cookies and former in request.cookies:
            cookies = {**request.cookies, name: request.cookies[former]}
            request.cookies = type(request.cookies)(cookies)
        return super().open_session(app, request)


def init_app(app: Flask) -> None:
    """Send the cookies that a request has renewed."""
    app.session_interface = FormSessions()
    app.after_request(_renew)


def cookie_name(surface: Surface) -> str:
    """Return the name of a surface's cookie."""
    return f"{HOST_PREFIX}{surface}" if settings().secure_cookies else surface.value


def token_of(surface: Surface) -> str:
    """Return the token of a surface's session, empty without one."""
    return request.cookies.get(cookie_name(surface)) or request.cookies.get(surface.value) or ""


def send_token(answer: Response, surface: Surface, token: str) -> None:
    """Store the token of a session in the browser."""
    answer.set_cookie(
        cookie_name(surface),
        token,
        max_age=int(LASTS[surface].total_seconds()),
        httponly=True,
        secure=settings().secure_cookies,
        samesite="Lax",
    )
    if cookie_name(surface) != surface.value and surface.value in request.cookies:
        answer.delete_cookie(surface.value)


def needs_renewal(surface: Surface) -> bool:
    """Return whether a use prolongs the cookie, or replaces one of an earlier version.

    A cookie of the staff lasts as long as the session may, and is left alone: a second request on
    its way would undo the new token of a proof.
    """
    return surface is Surface.DONOR or cookie_name(surface) not in request.cookies


def renew_token(surface: Surface, token: str) -> None:
    """Send a session's cookie again with the answer of this request."""
    g.setdefault("renewed", {})[surface] = token


def forget_token(answer: Response, surface: Surface) -> None:
    """Remove the cookie of a surface from the browser."""
    g.get("renewed", {}).pop(surface, None)
    for name in {cookie_name(surface), surface.value}:
        answer.delete_cookie(name, secure=name.startswith(HOST_PREFIX))


def _renew(answer: Response) -> Response:
    for surface, token in g.get("renewed", {}).items():
        send_token(answer, surface, token)
    return answer
