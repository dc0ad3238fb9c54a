"""The blueprint of recalls: its guard and its nested blueprints."""

from flask import Blueprint

from collector.people.models import Role
from collector.web.framework.guards import guard
from collector.web.recall import opening, picture, report, scope, signatures, wards
from collector.web.recall.wording import add_words

blueprint = Blueprint("recalls", __name__, url_prefix="/recalls")
guard(blueprint, Role.LABORATORY, Role.QUALITY, Role.RELEASER)
add_words(blueprint)

for part in (opening, picture, scope, signatures, wards, report):
    # The one guard above holds for a nested blueprint, unless it has a narrower one.
    blueprint.register_blueprint(part.blueprint)
