"""The blueprint of the laboratory: its guard and its nested blueprints."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from collector.people.models import Role
from collector.web.framework.guards import guard, may_see
from collector.web.laboratory import (
    chain,
    cycles,
    destructions,
    devices,
    discrepancies,
    figures,
    holds,
    intake_forms,
    label_sheets,
    lists,
    materials,
    plans,
    pools,
    quarantine,
    reception,
    release,
    result_files,
    samples,
    storage,
)
from collector.web.laboratory.release_wording import add_release_words
from collector.web.laboratory.wording import add_words

blueprint = Blueprint("laboratory", __name__, url_prefix="/laboratory")
guard(blueprint, Role.LABORATORY, Role.QUALITY, Role.RELEASER)
add_words(blueprint)
add_release_words(blueprint)

HOMES = (
    "laboratory.reception.home",
    "laboratory.release.home",
    "laboratory.discrepancies.home",
)
"""Candidate start pages; the first permitted one opens."""

for part in (
    chain,
    reception,
    intake_forms,
    quarantine,
    pools,
    label_sheets,
    materials,
    cycles,
    devices,
    discrepancies,
    storage,
    destructions,
    samples,
    result_files,
    release,
    holds,
    plans,
    figures,
    lists,
):
    # The one guard above holds for a nested blueprint, unless it has a narrower one.
    blueprint.register_blueprint(part.blueprint)


@blueprint.get("/")
def home() -> Response:
    """Open the first page that the actor may see."""
    return redirect(url_for(next(page for page in HOMES if may_see(page))))
