"""The stock: stock, inflow, outflow; levers and dated decisions of a coordinator."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from collector.banks.models import PolicyPeriod
from collector.banks.policies import PolicyKey
from collector.banks.policy_periods import DATED, decide_period, withdraw_period
from collector.banks.queries import policy_periods
from collector.db import reading, transaction
from collector.errors import Refused
from collector.field_parsers import parse_whole_number
from collector.people.models import Role
from collector.people.queries import staff_of
from collector.pickups.models import MilkLine
from collector.planning.stock.levers import closing, stock_levers
from collector.planning.stock.projection import HORIZON, band
from collector.planning.stock.queries import StockForecast, load_stock_forecast
from collector.web.board.export_columns import headings
from collector.web.board.page_context import author, is_fragment, page, today
from collector.web.board.policy_wording import POLICIES
from collector.web.board.stock.chart import stock_chart
from collector.web.board.wording import word
from collector.web.framework.forms import ChoiceField, Form, ParsedField, TextField
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, guard, now
from collector.web.framework.tables import Cell, csv_table, xlsx_table

blueprint = Blueprint("stock", __name__, url_prefix="/stock")
guard(
    blueprint,
    Role.COORDINATOR,
    Role.LABORATORY,
    Role.QUALITY,
    Role.RELEASER,
    within="board",
)
deciding = Blueprint("deciding", __name__, url_prefix="/decisions")
guard(deciding, Role.COORDINATOR, within="board.stock")

USUAL_WEEKS, MOST_WEEKS = 4, 12
COLUMNS = (
    "day",
    "stock_ml",
    "low_ml",
    "high_ml",
    "collected_ml",
    "given_ml",
    "missing_ml",
    "expired_ml",
)


class LineForm(Form):
    """The line whose stock is shown; donated milk unless another is named."""

    line = ChoiceField(MilkLine, blank=MilkLine.DONATED)


class StockDecisionForm(Form):
    """A dated change of a rule: its key, its value, and for how many weeks."""

    key = ChoiceField(PolicyKey)
    value = TextField(longest=10)
    weeks = ParsedField(parse_whole_number, blank=USUAL_WEEKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDay:
    """A day of the forecast; volumes in ml."""

    day: date
    stock_ml: int
    low_ml: int
    high_ml: int
    collected_ml: int
    given_ml: int
    missing_ml: int
    expired_ml: int


@blueprint.get("")
def home() -> str:
    """Show the forecast of a line with its chart, its table and the decisions in force."""
    return _page()


@blueprint.get("/levers")
def levers() -> str:
    """Show the levers with their prices in a week."""
    bank_id = actor().bank_id
    with reading() as session:
        found = _forecast(session, MilkLine.DONATED)
        priced = stock_levers(session, now=now(), forecast=found, bank_id=bank_id)
        return page(
            session,
            "board/stock/_levers.html" if is_fragment() else "board/stock/levers.html",
            seen=found,
            levers=priced,
            best=closing(priced, gap_ml=found.gap.collected_ml),
            weeks=USUAL_WEEKS,
            most_weeks=MOST_WEEKS,
        )


@blueprint.get("/days.csv")
@grave
def csv() -> Response:
    """Return the days of the forecast as CSV."""
    with reading() as session:
        found = _forecast(session, _line())
    return csv_table(_name(found), headings(COLUMNS), _cells(found))


@blueprint.get("/days.xlsx")
@grave
def xlsx() -> Response:
    """Return the days of the forecast as a spreadsheet."""
    with reading() as session:
        found = _forecast(session, _line())
    return xlsx_table(_name(found), headings(COLUMNS), _cells(found))


@deciding.post("")
def decide() -> Redirect | tuple[str, int]:
    """Change a rule from today on for some weeks."""
    form = StockDecisionForm.sent()
    if not form.validate():
        return _page(form), 422
    last = today() + timedelta(weeks=min(form.weeks.data, 1000), days=-1)
    try:
        with transaction() as session:
            period = decide_period(
                session,
                **author(),
                key=form.key.data,
                value=form.value.data,
                first=today(),
                last=last,
            )
            words = word(POLICIES, period.key)
    except Refused as refused:
        form.refuse(refused)
        return _page(form), 422
    flash(gettext("“%(rule)s” is changed until %(day)s.", rule=words, day=f"{last:%d/%m/%Y}"), "ok")
    return redirect(url_for("board.stock.home"), code=303)


@deciding.post("/<int:period_id>/withdrawal")
def withdraw(period_id: int) -> Redirect:
    """Take a dated change back."""
    with transaction() as session:
        period = withdraw_period(session, **author(), period_id=period_id)
        words = word(POLICIES, period.key)
    flash(gettext("“%(rule)s” is as the bank's rules have it again.", rule=words), "ok")
    return redirect(url_for("board.stock.home"), code=303)


blueprint.register_blueprint(deciding)


def _page(form: StockDecisionForm | None = None) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        found = _forecast(session, _line())
        days = list(_days(found))
        return page(
            session,
            "board/stock/page.html",
            seen=found,
            chart=stock_chart(found),
            days=days,
            periods=_periods(session, bank_id),
            people={f"person:{each.id}": each.name for each in staff_of(session, bank_id)},
            form=form,
            weeks=USUAL_WEEKS,
            most_weeks=MOST_WEEKS,
            lines=list(MilkLine),
        )


def _periods(session: Session, bank_id: int) -> list[PolicyPeriod]:
    found = policy_periods(session, bank_id, since=today())
    return [each for each in found if each.key in DATED]


def _line() -> MilkLine:
    return LineForm.queried().line.data


def _forecast(session: Session, line: MilkLine) -> StockForecast:
    return load_stock_forecast(session, now=now(), bank_id=actor().bank_id, line=line)


def _days(found: StockForecast) -> Iterator[StockDay]:
    """Yield the days of a forecast from tomorrow on; none without one."""
    if found.paths is None or found.drawn is None:
        return
    low, high = band(found.drawn)
    paths, situation = found.paths, found.situation
    for day in range(1, HORIZON + 1):
        missing = float(paths.missing[0][day])
        yield StockDay(
            day=found.today + timedelta(days=day),
            stock_ml=round(float(paths.levels[0][day])),
            low_ml=round(float(low[day])),
            high_ml=round(float(high[day])),
            collected_ml=round(situation.collected.get(day, 0.0)),
            given_ml=round(situation.demand.get(day, 0.0) - missing),
            missing_ml=round(missing),
            expired_ml=round(float(paths.expired[0][day])),
        )


def _cells(found: StockForecast) -> Iterator[list[Cell]]:
    for each in _days(found):
        yield [each.day.isoformat(), *(getattr(each, name) for name in COLUMNS[1:])]


def _name(found: StockForecast) -> str:
    return f"stock-{found.line}-{found.today}"
