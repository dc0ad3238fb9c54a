"""Calibration of forecasts: chances as foretold, against the shares that came true."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import sqrt
from typing import Final

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from collector.planning.models import ChanceForecast, ForecastStage, ForecastSubject

EDGES: Final = (0, 50, 60, 70, 80, 90, 95, 99, 101)
"""Bins of chances, in percent, from each edge to below the next: finer where plans aim."""

NORMAL_95: Final = 1.96
"""Standard deviations of a 95 % interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationBin:
    """Forecasts with about the same chance.

    Attributes
    ----------
    least, most
        The chances of the bin, in percent, both included.
    foretold
        Their mean chance, in percent.
    count, kept
        Number of forecasts with an outcome, and of them that came true.
    """

    stage: ForecastStage
    subject: ForecastSubject
    least: int
    most: int
    foretold: float
    count: int
    kept: int

    @property
    def share(self) -> float:
        """The share that came true, in percent."""
        return 100 * self.kept / self.count

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share, in percent, by Wilson's formula.

        Unlike the usual formula it is right for a few forecasts and for shares near 100 %.
        """
        n, p, z = self.count, self.kept / self.count, NORMAL_95
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return 100 * max(0.0, middle - half), 100 * min(1.0, middle + half)

    @property
    def verdict(self) -> str:
        """`as_foretold` if the interval holds the mean chance, else `worse` or `better`."""
        least, most = self.interval
        if self.foretold > most:
            return "worse"
        return "better" if self.foretold < least else "as_foretold"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationReport:
    """The calibration of a period.

    Attributes
    ----------
    unknown
        Forecasts that are over, without an outcome from a phone.
    in_band
        Arrivals within the band of nine days in ten, of those with an outcome, by stage.
    """

    bins: tuple[CalibrationBin, ...]
    unknown: int
    in_band: tuple[tuple[ForecastStage, int, int], ...]

    def of(self, stage: ForecastStage, subject: ForecastSubject) -> tuple[CalibrationBin, ...]:
        """Return the bins of a stage and a subject, in order of the chance."""
        return tuple(each for each in self.bins if each.stage is stage and each.subject is subject)


def calibration(session: Session, *, bank_id: int, first: date, last: date) -> CalibrationReport:
    """Return the calibration from one day to another, both included."""
    of_period = (
        ChanceForecast.bank_id == bank_id,
        ChanceForecast.day >= first,
        ChanceForecast.day <= last,
        ChanceForecast.settled_at.is_not(None),
    )
    rows = session.execute(
        select(
            ChanceForecast.stage,
            ChanceForecast.subject,
            ChanceForecast.chance,
            ChanceForecast.kept,
            func.count(),
        )
        .where(*of_period, ChanceForecast.kept.is_not(None))
        .group_by(
            ChanceForecast.stage, ChanceForecast.subject, ChanceForecast.chance, ChanceForecast.kept
        )
    )
    counted = [(stage, subject, chance, bool(kept), n) for stage, subject, chance, kept, n in rows]
    unknown = select(func.count()).where(*of_period, ChanceForecast.kept.is_(None))
    return CalibrationReport(
        bins=tuple(_bins(counted)),
        unknown=session.scalar(unknown) or 0,
        in_band=_in_band(session, of_period),
    )


Counted = tuple[ForecastStage, ForecastSubject, int, bool, int]


def _bins(counted: Iterable[Counted]) -> Iterator[CalibrationBin]:
    rows = list(counted)
    for stage in ForecastStage:
        for subject in ForecastSubject:
            for least, beyond in pairwise(EDGES):
                inside = [
                    (chance, kept, n)
                    for of_stage, about, chance, kept, n in rows
                    if of_stage is stage and about is subject and least <= chance < beyond
                ]
                count = sum(n for _, _, n in inside)
                if count:
                    yield CalibrationBin(
                        stage=stage,
                        subject=subject,
                        least=least,
                        most=beyond - 1,
                        foretold=sum(chance * n for chance, _, n in inside) / count,
                        count=count,
                        kept=sum(n for _, kept, n in inside if kept),
                    )


def _in_band(
    session: Session, of_period: tuple[ColumnElement[bool], ...]
) -> tuple[tuple[ForecastStage, int, int], ...]:
    inside = ChanceForecast.came_at.between(ChanceForecast.earliest_at, ChanceForecast.latest_at)
    rows = session.execute(
        select(ChanceForecast.stage, func.count(), func.sum(case((inside, 1), else_=0)))
        .where(
            *of_period, ChanceForecast.came_at.is_not(None), ChanceForecast.earliest_at.is_not(None)
        )
        .group_by(ChanceForecast.stage)
    )
    found = {stage: (count, int(within)) for stage, count, within in rows}
    return tuple((stage, *reversed(found[stage])) for stage in ForecastStage if stage in found)
