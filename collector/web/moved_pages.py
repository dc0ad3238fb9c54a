"""Redirects from the addresses of version 0.1 to those of today, for bookmarks and open tabs."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from collector.web.framework.guards import anyone

blueprint = Blueprint("moved_pages", __name__)

MOVED = {
    "/board/acceptances": "/board/inbox/acceptances",
    "/board/background/map.pmtiles": "/board/map-background/map.pmtiles",
    "/board/blood-tests": "/board/donors/blood-tests",
    "/board/candidates": "/board/donors/candidates",
    "/board/containers": "/laboratory/chain",
    "/board/days/<day>/close": "/board/days/<day>/dispatch/close",
    "/board/days/<day>/live": "/board/days/<day>/dispatch",
    "/board/days/<day>/road": "/board/days/<day>/dispatch/monitoring",
    "/board/directory": "/board/bank/directory",
    "/board/donors/<int:donor_id>/care": "/board/donors/<int:donor_id>/clinical-file",
    "/board/donors/<int:donor_id>/joining": "/board/donors/<int:donor_id>/merge",
    "/board/due": "/board/horizon/due",
    "/board/erasures": "/board/bank/erasures",
    "/board/imports": "/board/inbox/imports",
    "/board/live": "/board/dispatch",
    "/board/pickups": "/board/inbox/pickups",
    "/board/policies": "/board/bank/policies",
    "/board/questions": "/board/donors/questions",
    "/board/reports": "/board/bank/reports",
    "/board/requests": "/board/inbox/requests",
    "/board/weeks": "/board/horizon",
    "/donor/enquiry": "/donor/request",
    "/donor/first-steps": "/donor/screening",
    "/donor/reach": "/donor/contact-preferences",
    "/quality/excursions": "/board/bank/excursions",
}
"""The new beginning by old beginning of an address; the rest of the address stays."""

KEPT_METHOD = 308
"""HTTP status that repeats the request with its method: open forms reach the new page."""


@anyone
def moved(rest: str = "", **parts: str | int) -> Response:
    """Redirect to the page's address of today, with its query."""
    rule = request.url_rule
    if rule is None:
        raise AssertionError("a redirect is reached by its rule")
    target = MOVED[rule.rule.removesuffix("/<path:rest>")]
    for name, value in parts.items():
        target = target.replace(f"<int:{name}>", str(value)).replace(f"<{name}>", str(value))
    query = request.query_string.decode()
    address = target + (f"/{rest}" if rest else "") + (f"?{query}" if query else "")
    return redirect(address, KEPT_METHOD)


for old in MOVED:
    for pattern in (old, f"{old}/<path:rest>"):
        blueprint.add_url_rule(pattern, view_func=moved, methods=["GET", "POST"])
