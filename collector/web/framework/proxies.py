"""Notice of a proxy that the settings do not name.

Without `MILKROUND_PROXIES` every request seems to come from the proxy: throttles then count all
people as one, and a page does not know that it was asked for over https.
"""

import logging

from flask import Flask, current_app, request

from collector.web.framework.context import settings

log = logging.getLogger(__name__)

SIGNS = ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded")
SEEN = "milkround_unnamed_proxy"


def init_app(app: Flask) -> None:
    """Look for the signs of a proxy in every request."""
    app.extensions[SEEN] = False
    app.before_request(_look)
    app.jinja_env.globals["has_unnamed_proxy"] = has_unnamed_proxy


def has_unnamed_proxy() -> bool:
    """Return whether this process was asked through a proxy that the settings do not name."""
    return bool(current_app.extensions[SEEN])


def _look() -> None:
    if settings().behind_proxies or current_app.extensions[SEEN]:
        return
    if any(sign in request.headers for sign in SIGNS):
        current_app.extensions[SEEN] = True
        log.warning(
            "a request came through a proxy, but MILKROUND_PROXIES is 0: "
            "set it to the number of proxies before this server"
        )
