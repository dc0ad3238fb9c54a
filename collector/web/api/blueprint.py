"""The API's blueprint with all its operations, and its document."""

from flask import Response, jsonify

from collector.web.api import (
    containers,
    days,
    donors,
    events,
    fhir,
    nutrition,
    reports,
    requests,
    roster,
    slots,
)
from collector.web.api.callers import admit_caller
from collector.web.api.document import openapi_document
from collector.web.api.operations import OPERATIONS, blueprint
from collector.web.framework.guards import anyone, guard_by
from collector.web.framework.security import csrf

__all__ = ["blueprint"]

GROUPS = {
    part.__name__.rpartition(".")[2]: (part.__doc__ or "").strip().splitlines()[0]
    for part in (
        donors,
        requests,
        slots,
        days,
        containers,
        roster,
        reports,
        events,
        fhir,
        nutrition,
    )
}
"""The modules with operations and their subjects: importing one registers its operations."""

guard_by(blueprint, admit_caller)
# The token is in a header that no other site's page can send: a form token would add nothing.
csrf.exempt(blueprint)


@blueprint.get("/openapi.json")
@anyone
def document() -> Response:
    """Answer the description of every operation (OpenAPI 3.1)."""
    response = jsonify(openapi_document(OPERATIONS, GROUPS))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
