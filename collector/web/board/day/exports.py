"""Exports of a day: its rounds, stop by stop."""

from collections.abc import Iterator
from datetime import date

from flask import Blueprint, Response, make_response

from collector.csv_rows import write_rows
from collector.db import reading
from collector.rounds.queries import day_plan
from collector.web.board.day.page import load_day_view
from collector.web.board.day.view_model import DayView, RoundView, StopView
from collector.web.board.export_columns import headings
from collector.web.board.page_context import civil_day
from collector.web.board.wording import PURPOSES, STATES, word
from collector.web.formats import clock
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor

blueprint = Blueprint("exports", __name__, url_prefix="/days/<day>")

COLUMNS = (
    "round",
    "collector",
    "vehicle",
    "stop",
    "arrives",
    "begins",
    "ends",
    "donor_number",
    "first_name",
    "family_name",
    "phone",
    "line",
    "postcode",
    "town",
    "purposes",
    "bottles",
    "volume_ml",
    "empties_wanted",
    "note",
    "state",
)


@blueprint.get("/rounds.csv")
@grave
def rounds(day: str) -> Response:
    """Return the day's rounds as CSV without formulas."""
    on_day = civil_day(day)
    with reading() as session:
        plan = day_plan(session, bank_id=actor().bank_id, day=on_day)
        rows = _rows(load_day_view(session, plan, on_day), on_day)
        content = write_rows(COLUMNS, rows, headings=headings(COLUMNS))
    answer = make_response(content)
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="rounds-{on_day}.csv"'
    return answer


def _rows(view: DayView, day: date) -> Iterator[dict[str, object]]:
    for found in view.rounds:
        for stop in found.stops:
            yield _row(found, stop, day)


def _row(found: RoundView, stop: StopView, day: date) -> dict[str, object]:
    pickup, donor = stop.pickup, stop.pickup.donor
    address = donor.address_on(day)
    return {
        "round": found.letter,
        "collector": found.shift.collector.name,
        "vehicle": found.shift.vehicle,
        "stop": stop.number,
        "arrives": clock(stop.stop.arrives_at),
        "begins": clock(stop.stop.begins_at),
        "ends": clock(stop.stop.ends_at),
        "donor_number": donor.number,
        "first_name": donor.first_name,
        "family_name": donor.family_name,
        "phone": donor.phone or "",
        "line": address.line,
        "postcode": address.postcode,
        "town": address.town,
        "purposes": ", ".join(word(PURPOSES, purpose) for purpose in pickup.purposes),
        "bottles": pickup.bottles,
        "volume_ml": pickup.volume_ml,
        "empties_wanted": pickup.empties_wanted,
        "note": pickup.note,
        "state": word(STATES, pickup.state),
    }
