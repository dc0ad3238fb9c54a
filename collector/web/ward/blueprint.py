"""The blueprint of a ward: its guard and its nested blueprints."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from collector.people.models import Role
from collector.web.framework.guards import guard
from collector.web.ward import bottles, orders, recipients

blueprint = Blueprint("ward", __name__, url_prefix="/ward")
guard(blueprint, Role.WARD)

for part in (orders, recipients, bottles):
    blueprint.register_blueprint(part.blueprint)


@blueprint.get("/")
def home() -> Response:
    """Open the orders of today."""
    return redirect(url_for("ward.orders.home"))
