"""The blueprint of the board: its guard and its nested blueprints."""

from datetime import date

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from collector.db import reading
from collector.errors import Conflict, Refused
from collector.people.models import Role
from collector.rounds.queries import revision_of
from collector.web.board import map_background, morning
from collector.web.board.bank import (
    applications,
    directory,
    erasures,
    excursions,
    fleet,
    forecasts,
    installation,
    learned_times,
    material,
    message_texts,
    opening,
    policies,
    public_texts,
    reports,
    sites,
    staff,
    webhooks,
    zones,
)
from collector.web.board.day import (
    comparisons,
    edits,
    exports,
    moves,
    pins,
    plans,
    publications,
    round_files,
    rule_prices,
    safer,
    unplanned,
)
from collector.web.board.day import page as day_page
from collector.web.board.day.page import answer_over_day
from collector.web.board.dispatch import day_close, disruptions, monitoring
from collector.web.board.dispatch import page as dispatch_page
from collector.web.board.donors import (
    blood_tests,
    candidates,
    clinical_file,
    losses,
    meeting_places,
    merge,
    new_donor,
    questions,
    stays,
)
from collector.web.board.donors import page as donors_page
from collector.web.board.fragments import add_parts
from collector.web.board.horizon import due
from collector.web.board.horizon import page as horizon_page
from collector.web.board.inbox import import_review, imports, requests, slots, telephone, untold
from collector.web.board.inbox import page as inbox_page
from collector.web.board.page_context import civil_day, today
from collector.web.board.roster import cells, closings, files, month, usual_weeks, vehicle_absences
from collector.web.board.roster import page as roster_page
from collector.web.board.stock import page as stock_page
from collector.web.board.wording import add_words
from collector.web.framework.forms import Form, ParsedField
from collector.web.framework.guards import actor, guard

blueprint = Blueprint("board", __name__, url_prefix="/board")
guard(blueprint, Role.COORDINATOR)
add_words(blueprint)
add_parts(blueprint)
blueprint.register_error_handler(Conflict, answer_over_day)
blueprint.register_error_handler(Refused, answer_over_day)

PARTS = (
    day_page,
    plans,
    moves,
    pins,
    edits,
    unplanned,
    safer,
    rule_prices,
    comparisons,
    publications,
    exports,
    round_files,
    dispatch_page,
    monitoring,
    disruptions,
    day_close,
    morning,
    horizon_page,
    due,
    stock_page,
    map_background,
    inbox_page,
    requests,
    slots,
    untold,
    telephone,
    imports,
    import_review,
    donors_page,
    new_donor,
    meeting_places,
    stays,
    candidates,
    clinical_file,
    losses,
    merge,
    blood_tests,
    questions,
    policies,
    directory,
    message_texts,
    material,
    public_texts,
    reports,
    forecasts,
    erasures,
    excursions,
    installation,
    learned_times,
    applications,
    webhooks,
    roster_page,
    cells,
    usual_weeks,
    closings,
    vehicle_absences,
    files,
    month,
    sites,
    zones,
    fleet,
    staff,
    opening,
)
guard(
    donors_page.blueprint,
    Role.COORDINATOR,
    Role.PROFESSIONAL,
    Role.QUALITY,
    within=blueprint.name,
)
for part in PARTS:
    # A nested blueprint's endpoints begin with `board.`: the one guard above holds for them all.
    blueprint.register_blueprint(part.blueprint)


class ChosenDayForm(Form):
    """The day that a coordinator selected."""

    day = ParsedField[date | None](civil_day, blank=None)


@blueprint.get("/")
def home() -> Response:
    """Open the morning until today is published; afterwards, today."""
    day = today()
    with reading() as session:
        published = revision_of(session, bank_id=actor().bank_id, day=day)
    if published:
        return redirect(url_for("board.days.page", day=day))
    return redirect(url_for("board.morning.home"))


@blueprint.get("/days")
def choose_day() -> Response:
    """Open the selected day; by default today."""
    day = ChosenDayForm.queried().day.data
    return redirect(url_for("board.days.page", day=day or today()))


@blueprint.get("/dispatch")
def today_dispatch() -> Response:
    """Open the dispatch of today."""
    return redirect(url_for("board.dispatch.home", day=today()))
