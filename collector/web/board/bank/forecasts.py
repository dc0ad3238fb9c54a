"""Forecasts of a period against their outcomes: charts, a table and a file."""

from flask import Blueprint, Response

from collector.csv_rows import write_rows
from collector.db import reading
from collector.planning.models import ForecastStage, ForecastSubject
from collector.reports.calibration import CalibrationBin, CalibrationReport, calibration
from collector.web.board.bank.charts import CalibrationChart, CalibrationValue, calibrated
from collector.web.board.bank.reports import csv_file, period
from collector.web.board.export_columns import figure, headings
from collector.web.board.page_context import page
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor

blueprint = Blueprint("reports_forecasts", __name__, url_prefix="/bank/reports/forecasts")

COLUMNS = (
    "stage",
    "subject",
    "least_percent",
    "most_percent",
    "foretold_percent",
    "forecasts",
    "kept",
    "kept_percent",
    "from_percent",
    "to_percent",
)
STAGES = tuple(ForecastStage)
DRAWN_FROM = 5
"""Forecasts from which a bin is drawn: with fewer its margin of error fills the chart."""


@blueprint.get("")
def home() -> str:
    """Show the chances as foretold against the shares that came true."""
    first, last = period()
    with reading() as session:
        found = calibration(session, bank_id=actor().bank_id, first=first, last=last)
        return page(
            session,
            "board/bank/forecasts.html",
            found=found,
            first=first,
            last=last,
            charts={subject: _chart(found, subject) for subject in ForecastSubject},
            stages=STAGES,
            drawn_from=DRAWN_FROM,
        )


@blueprint.get("/forecasts.csv")
@grave
def csv() -> Response:
    """Return the bins as CSV."""
    first, last = period()
    with reading() as session:
        found = calibration(session, bank_id=actor().bank_id, first=first, last=last)
    content = write_rows(COLUMNS, (_row(each) for each in found.bins), headings=headings(COLUMNS))
    return csv_file(f"milkround-forecasts-{first}-{last}.csv", content)


def _chart(found: CalibrationReport, subject: ForecastSubject) -> CalibrationChart | None:
    return calibrated(
        [
            CalibrationValue(
                foretold=each.foretold,
                share=each.share,
                least=each.interval[0],
                most=each.interval[1],
                series=series,
            )
            for series, stage in enumerate(STAGES)
            for each in found.of(stage, subject)
            if each.count >= DRAWN_FROM
        ]
    )


def _row(each: CalibrationBin) -> dict[str, object]:
    cells = (
        each.stage.value,
        each.subject.value,
        each.least,
        each.most,
        round(each.foretold, 1),
        each.count,
        each.kept,
        round(each.share, 1),
        *(round(end, 1) for end in each.interval),
    )
    return {name: figure(cell) for name, cell in zip(COLUMNS, cells, strict=True)}
