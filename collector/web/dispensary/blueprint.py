"""The blueprint of the dispensary: its guard and its nested blueprints."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from collector.people.models import Role
from collector.web.dispensary import back, counter, invoices, orders, wards
from collector.web.framework.guards import guard

blueprint = Blueprint("dispensary", __name__, url_prefix="/dispensary")
guard(blueprint, Role.DISPENSER, Role.QUALITY)

for part in (orders, counter, back, wards, invoices):
    # The one guard above holds for a nested blueprint, unless it has a narrower one.
    blueprint.register_blueprint(part.blueprint)


@blueprint.get("/")
def home() -> Response:
    """Open the orders of today."""
    return redirect(url_for("dispensary.orders.home"))
