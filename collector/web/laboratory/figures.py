"""Key figures of a period, as a page and as a file; the table of hazards with the bank's limits."""

from collections.abc import Iterator
from datetime import date, timedelta

from flask import Blueprint, Response, make_response, render_template
from flask_babel import gettext

from collector.banks.queries import policy_rows
from collector.csv_rows import write_rows
from collector.db import reading
from collector.field_parsers import parse_date
from collector.laboratory.figures.findings import PlateFigures
from collector.laboratory.figures.periods import Spread
from collector.laboratory.figures.queries import LaboratoryFigures, figures_of
from collector.laboratory.figures.waits import WaitFigures
from collector.laboratory.lists.queries import LaboratoryList
from collector.people.models import Role
from collector.web.formats import number
from collector.web.framework.forms import Form, ParsedField
from collector.web.framework.guards import actor, guard
from collector.web.laboratory.hazard_wording import HAZARDS
from collector.web.laboratory.list_wording import LISTS
from collector.web.laboratory.page_context import civil_today
from collector.web.laboratory.release_wording import ANALYTES, STAGES
from collector.web.laboratory.wording import REFUSALS
from collector.web.laboratory_wording import DESTRUCTION_REASONS

blueprint = Blueprint("figures", __name__, url_prefix="/figures")
guard(blueprint, Role.LABORATORY, Role.QUALITY, within="laboratory")

Row = tuple[str, str, LaboratoryList]
"""Words, value, and the list with the rows behind it."""
DAYS_SHOWN = timedelta(days=29)
LONGEST_PERIOD = timedelta(days=3660)


class FigureDaysForm(Form):
    """The first and the last day of the figures."""

    first = ParsedField(parse_date, blank=date.min)
    last = ParsedField(parse_date, blank=date.min)


@blueprint.get("")
def home() -> str | tuple[str, int]:
    """Show the figures of a period; the last 30 days unless given."""
    form = FigureDaysForm.queried()
    valid = form.validate()
    found = _found(form)
    page = render_template(
        "laboratory/figures.html", found=found, rows=list(_rows(found)), form=form, lists=LISTS
    )
    return page if valid else (page, 422)


@blueprint.get("/file")
def file() -> Response:
    """Return the figures of a period as CSV."""
    form = FigureDaysForm.queried()
    form.validate()
    found = _found(form)
    rows = [{"figure": words, "value": value} for words, value, _ in _rows(found)]
    answer = make_response(
        write_rows(("figure", "value"), rows, headings=(gettext("Figure"), gettext("Value")))
    )
    name = f"laboratory-{found.first}-{found.last}.csv"
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


@blueprint.get("/hazards")
def hazards() -> str:
    """Show the critical points with the bank's own limits."""
    with reading() as session:
        rows = {row.key: row for row in policy_rows(session, actor().bank_id)}
        return render_template("laboratory/hazards.html", hazards=HAZARDS, policies=rows)


def _found(form: FigureDaysForm) -> LaboratoryFigures:
    """Return the figures of the days of a form; odd ones are replaced by the last 30 days."""
    today = civil_today()
    last = today if form.last.data == date.min else form.last.data
    first = last - DAYS_SHOWN if form.first.data == date.min else form.first.data
    if not first <= last <= first + LONGEST_PERIOD:
        first, last = today - DAYS_SHOWN, today
    with reading() as session:
        return figures_of(session, bank_id=actor().bank_id, first=first, last=last)


def _rows(found: LaboratoryFigures) -> Iterator[Row]:
    """Yield the words, the value and the list of each figure, in the order of the work."""
    balance, heating = found.balance, found.heating
    yield from _reception(found)
    pools, inputs = LaboratoryList.POOLS, LaboratoryList.INPUTS
    yield gettext("Pools closed"), str(found.pools), pools
    yield gettext("Emptied into these pools, in ml"), str(balance.inputs_ml), inputs
    yield gettext("Filled into bottles, in ml"), str(balance.filled_ml), LaboratoryList.BOTTLES
    yield gettext("For samples, in ml"), str(balance.sampled_ml), pools
    yield gettext("Thrown away, in ml"), str(balance.discarded_ml), pools
    yield gettext("Lost, in ml"), str(balance.lost_ml), pools
    yield gettext("Lost, in thousandths"), number(round(balance.lost_permille, 1)), pools
    cycles = LaboratoryList.CYCLES
    yield gettext("Cycles whose curve passed"), str(heating.passed), cycles
    yield gettext("Heated, in ml"), str(heating.passed_ml), cycles
    yield gettext("Cycles whose curve failed"), str(heating.failed), cycles
    yield gettext("In failed cycles, in ml"), str(heating.failed_ml), cycles
    ages, thaws = _spread(heating.age_days), _spread(heating.thaw_hours)
    yield gettext("Age at heating, in days (median / 9 in 10)"), ages, LaboratoryList.INTAKES
    yield gettext("Thaw to heating, in hours (median / 9 in 10)"), thaws, cycles
    yield gettext("Released, in ml"), str(found.released_ml), LaboratoryList.DECISIONS
    yield gettext("Rejected, in ml"), str(found.rejected_ml), LaboratoryList.DECISIONS
    yield from _losses(found)
    yield from _waits(found.waits)
    yield from _plates(found.plates)
    yield from _care(found)


def _reception(found: LaboratoryFigures) -> Iterator[Row]:
    reception, intakes = found.reception, LaboratoryList.INTAKES
    yield gettext("Containers accepted"), str(reception.accepted), intakes
    yield gettext("Accepted, in ml"), str(reception.accepted_ml), intakes
    yield gettext("Containers refused"), str(reception.refused), intakes
    yield gettext("Refused, in ml"), str(reception.refused_ml), intakes
    for reason, count, volume_ml in reception.reasons:
        refused = gettext("Refused, %(reason)s, in ml", reason=REFUSALS[reason])
        yield refused, f"{volume_ml} ({count})", intakes


def _losses(found: LaboratoryFigures) -> Iterator[Row]:
    destroyed, listed = found.destroyed, LaboratoryList.DESTROYED
    yield gettext("Destroyed, in ml"), f"{destroyed.volume_ml} ({destroyed.things})", listed
    for reason, things, volume_ml in destroyed.reasons:
        words = gettext("Destroyed, %(reason)s, in ml", reason=DESTRUCTION_REASONS[reason])
        yield words, f"{volume_ml} ({things})", listed
    yield gettext("Missed by counts"), str(found.care.missing), LaboratoryList.STAYS
    taken = found.reception.accepted_ml + found.reception.refused_ml
    share = number(round(100 * found.released_ml / taken, 1)) if taken else gettext("none")
    words = gettext("Released, in percent of the milk taken over")
    yield words, str(share), LaboratoryList.DECISIONS


def _waits(found: WaitFigures) -> Iterator[Row]:
    intakes, lots = LaboratoryList.INTAKES, LaboratoryList.LOTS
    to_door, quarantine = _spread(found.to_reception), _spread(found.in_quarantine)
    to_release, whole_way = _spread(found.to_release), _spread(found.whole_way)
    yield gettext("Door to reception, in days (median / 9 in 10)"), to_door, intakes
    yield gettext("In quarantine, in days (median / 9 in 10)"), quarantine, intakes
    yield gettext("Heating to release, in days (median / 9 in 10)"), to_release, lots
    yield gettext("Reception to release, in days (median / 9 in 10)"), whole_way, lots


def _plates(found: PlateFigures) -> Iterator[Row]:
    for each in found.stages:
        words = gettext("Samples read, %(stage)s", stage=STAGES[each.stage])
        yield words, str(each.samples), LaboratoryList.SAMPLES
        yield gettext("of these, with growth"), str(each.grown), LaboratoryList.RESULTS
    for month in found.organisms:
        organism = ANALYTES[month.analyte]
        words = gettext(
            "%(month)s: samples with %(organism)s", month=month.month, organism=organism
        )
        yield words, str(month.samples), LaboratoryList.RESULTS


def _care(found: LaboratoryFigures) -> Iterator[Row]:
    care, scans, warm = found.care, LaboratoryList.SCANS, LaboratoryList.EXCURSIONS
    rate = found.scans.permille
    shown = gettext("none") if rate is None else str(number(round(rate, 1)))
    yield gettext("Refused scans"), str(care.refused_scans), scans
    yield gettext("Refused of 1,000 scans at the bench and the freezers"), shown, scans
    yield gettext("Second prints of labels"), str(care.reprints), LaboratoryList.PRINTS
    yield gettext("Units too warm"), str(care.excursions), warm
    yield gettext("of these, milk was blocked"), str(care.blocking_excursions), warm
    days = _spread(care.decision_days)
    yield gettext("Warm unit to decision, in days (median / 9 in 10)"), days, warm


def _spread(found: Spread | None) -> str:
    if found is None:
        return str(gettext("none"))
    return f"{number(round(found.p50, 1))} / {number(round(found.p90, 1))}"
