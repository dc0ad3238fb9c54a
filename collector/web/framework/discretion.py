"""Discretion of pages outside the donor's own: sign-in, errors and links without brand or bottle.

A page before the sign-in does not know its reader. It is discreet for every address of a donor,
and in every browser in which a discreet donor signed in once.
"""

from flask import Flask, request
from werkzeug.wrappers import Response

from collector.web.framework.forms import NextForm

COOKIE = "plain"
A_YEAR = 365 * 24 * 3600
OF_DONORS = ("/donor", "/v/", "/link/")
"""The beginnings of the addresses that donors open; a sign-in link may be a donor's."""


def init_app(app: Flask) -> None:
    """Add the question to the templates."""
    app.jinja_env.globals["is_discreet"] = is_discreet


def is_discreet() -> bool:
    """Return whether the page names neither the program nor its purpose."""
    wanted = NextForm.queried().next.data
    return COOKIE in request.cookies or any(
        path.startswith(OF_DONORS) for path in (request.path, wanted)
    )


def remember(answer: Response, *, discreet: bool, secure: bool) -> None:
    """Keep in the browser whether its donor is discreet."""
    if discreet:
        answer.set_cookie(COOKIE, "1", max_age=A_YEAR, httponly=True, secure=secure, samesite="Lax")
    elif COOKIE in request.cookies:
        answer.delete_cookie(COOKIE)
