"""Figures of past days in the API."""

from dataclasses import asdict
from datetime import date
from typing import Final

from msgspec import Struct

from collector.applications.models import Scope
from collector.db import reading
from collector.reports.figures import DayFigures, report
from collector.web.api.callers import caller
from collector.web.api.operations import operation
from collector.web.api.roster import PeriodQuery, refuse_long_period

MOST_DAYS: Final = 400


class DayFiguresAnswer(Struct, frozen=True, kw_only=True):
    """The figures of one day; volumes in millilitres, costs in cents of a euro."""

    day: date
    rounds: int
    visits: int
    done: int
    failed: int
    declared_bottles: int
    bottles: int
    declared_ml: int
    volume_ml: int
    own_child_ml: int
    planned_metres: int
    driven_metres: int
    told_metres: int
    planned_seconds: int
    worked_seconds: int
    told_seconds: int
    cost_cents: int


class ReportAnswer(Struct, frozen=True, kw_only=True):
    """The figures of some days; a day without rounds is left out."""

    first: date
    last: date
    days: list[DayFiguresAnswer]


@operation("GET", "/reports", scope=Scope.REPORTS_READ, query=PeriodQuery, answer=ReportAnswer)
def get_report(query: PeriodQuery) -> ReportAnswer:
    """Read the figures of at most 400 days."""
    refuse_long_period(query, MOST_DAYS)
    with reading() as session:
        found = report(session, bank_id=caller().bank_id, first=query.first, last=query.last)
        return ReportAnswer(
            first=query.first, last=query.last, days=[_figures(day) for day in found.days]
        )


def _figures(day: DayFigures) -> DayFiguresAnswer:
    return DayFiguresAnswer(**asdict(day))
