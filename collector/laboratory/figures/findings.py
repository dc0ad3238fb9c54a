"""Findings of the plates: samples read, samples over a limit, organisms by month."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.laboratory.figures.periods import Period
from collector.laboratory.sampling.models import (
    Analyte,
    LabResult,
    LabSample,
    ResultComparator,
    SampleStage,
)
from collector.service_day import ServiceDay


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFindings:
    """The samples of one stage that were taken in the period."""

    stage: SampleStage
    samples: int
    """Samples with a result; lost ones and those not read yet are left out."""
    grown: int
    """Samples in which anything grew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganismMonth:
    """Samples of a month in which one organism grew."""

    month: str
    """Year and month, as 2026-11."""
    analyte: Analyte
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateFigures:
    """The findings of the period."""

    stages: Sequence[StageFindings]
    organisms: Sequence[OrganismMonth]
    """Named organisms after heating, by month; the total count is none of them."""


def plates_of(session: Session, period: Period, zone: ZoneInfo) -> PlateFigures:
    """Return the findings of the samples that were taken in a period.

    A result grows if it is no `<` and its value is above zero; acidity is left out.
    """
    rows = session.execute(
        select(
            LabSample.id,
            LabSample.stage,
            LabSample.taken_at,
            LabResult.analyte,
            LabResult.comparator,
            LabResult.value,
        )
        .join(LabResult, LabResult.sample_id == LabSample.id)
        .where(
            period.holds(LabSample.bank_id, LabSample.taken_at),
            LabResult.superseded_at.is_(None),
            LabResult.analyte != Analyte.ACIDITY,
        )
    ).all()
    read: dict[SampleStage, set[int]] = {stage: set() for stage in SampleStage}
    grown: dict[SampleStage, set[int]] = {stage: set() for stage in SampleStage}
    named: set[tuple[str, Analyte, int]] = set()
    for sample, stage, taken_at, analyte, comparator, value in rows:
        read[stage].add(sample)
        if comparator is ResultComparator.BELOW or not value:
            continue
        grown[stage].add(sample)
        if stage is SampleStage.POST and analyte is not Analyte.TOTAL:
            month = f"{ServiceDay.of(taken_at, zone).day:%Y-%m}"
            named.add((month, analyte, sample))
    counts = Counter((month, analyte) for month, analyte, _ in named)
    return PlateFigures(
        stages=[
            StageFindings(stage=stage, samples=len(read[stage]), grown=len(grown[stage]))
            for stage in SampleStage
        ],
        organisms=[
            OrganismMonth(month=month, analyte=analyte, samples=samples)
            for (month, analyte), samples in sorted(counts.items())
        ],
    )
