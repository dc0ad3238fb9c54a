"""Sampling plans with their sources, by jurisdiction; figures equal docs/laboratory.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from collector.banks.models import Jurisdiction
from collector.laboratory.sampling.models import (
    Analyte,
    RuleMeasure,
    SampleStage,
    SamplingFrequency,
)

READ_ON = date(2026, 11, 1)
"""The day on which the sources of the verified figures were read."""
OURS = "Milkround's own starting value: no source gives one"
EMBA = "EMBA, comparison of limits, table 1"
NICE = "NICE clinical guideline 93"
RDC = "RDC 171 (ANVISA); unverified"
WASHINGTON = "WAC 246-720-080: every lot, by an accredited outside laboratory"
QUEBEC = "Héma-Québec: Can. J. Infect. Dis. Med. Microbiol. 2019, 6348281, fig. 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePreset:
    """A limit of a preset; `verified_on` is None for a figure that was not read at its source."""

    analyte: Analyte
    most: int
    source: str
    measure: RuleMeasure = RuleMeasure.VALUE
    verified_on: date | None = READ_ON


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPreset:
    """A plan of a stage that a bank may take over as its next edition."""

    stage: SampleStage
    frequency: SamplingFrequency
    source: str
    rules: tuple[RulePreset, ...] = ()
    every_cycles: int = 0
    plates: int = 1
    plated_ul: int = 100
    verified_on: date | None = None


def _none_of(*analytes: Analyte) -> tuple[RulePreset, ...]:
    return tuple(RulePreset(analyte=each, most=0, source=QUEBEC) for each in analytes)


PLANS: Mapping[str, PlanPreset] = {
    "fr_pre": PlanPreset(
        stage=SampleStage.PRE,
        frequency=SamplingFrequency.EVERY_LOT,
        source=OURS,
        rules=(
            RulePreset(analyte=Analyte.TOTAL, most=1_000_000, source=EMBA),
            RulePreset(analyte=Analyte.AUREUS, most=10_000, source=EMBA),
        ),
    ),
    "fr_post": PlanPreset(
        stage=SampleStage.POST,
        frequency=SamplingFrequency.EVERY_LOT,
        source="Checked again after heating (press); that every lot is: unverified",
        rules=(RulePreset(analyte=Analyte.TOTAL, most=0, source=EMBA),),
    ),
    "uk_pre": PlanPreset(
        stage=SampleStage.PRE,
        frequency=SamplingFrequency.EVERY_LOT,
        source=OURS,
        rules=(
            RulePreset(analyte=Analyte.TOTAL, most=100_000, source=NICE),
            RulePreset(analyte=Analyte.AUREUS, most=10_000, source=NICE),
            RulePreset(analyte=Analyte.ENTEROBACTERALES, most=10_000, source=NICE),
        ),
    ),
    "uk_post": PlanPreset(
        stage=SampleStage.POST,
        frequency=SamplingFrequency.CYCLES_OR_MONTH,
        every_cycles=10,
        source=NICE,
        verified_on=READ_ON,
        rules=(RulePreset(analyte=Analyte.TOTAL, most=10, source=NICE),),
    ),
    "br_pre": PlanPreset(
        stage=SampleStage.PRE,
        frequency=SamplingFrequency.EVERY_LOT,
        source=RDC,
        rules=(RulePreset(analyte=Analyte.ACIDITY, most=8, source=RDC, verified_on=None),),
    ),
    "br_post": PlanPreset(
        stage=SampleStage.POST,
        frequency=SamplingFrequency.EVERY_LOT,
        source=RDC,
        rules=(RulePreset(analyte=Analyte.COLIFORMS, most=0, source=RDC, verified_on=None),),
    ),
    "us_pre": PlanPreset(
        stage=SampleStage.PRE,
        frequency=SamplingFrequency.NEVER,
        source="No test before heating is asked for",
        verified_on=READ_ON,
    ),
    "us_post": PlanPreset(
        stage=SampleStage.POST,
        frequency=SamplingFrequency.EVERY_LOT,
        source=WASHINGTON,
        verified_on=READ_ON,
        rules=(RulePreset(analyte=Analyte.TOTAL, most=0, source=EMBA),),
    ),
    "quebec_post": PlanPreset(
        stage=SampleStage.POST,
        frequency=SamplingFrequency.EVERY_LOT,
        plates=9,
        source=QUEBEC,
        verified_on=READ_ON,
        rules=(
            RulePreset(
                analyte=Analyte.TOTAL, most=3, source=QUEBEC, measure=RuleMeasure.POSITIVE_PLATES
            ),
            RulePreset(analyte=Analyte.TOTAL, most=3, source=QUEBEC, measure=RuleMeasure.COLONIES),
            *_none_of(Analyte.CEREUS, Analyte.AUREUS, Analyte.ENTEROBACTERALES),
        ),
    ),
}
"""The presets by key; the key is kept on the edition as its name."""

STARTING: Mapping[Jurisdiction, tuple[str, str]] = {
    Jurisdiction.FRANCE: ("fr_pre", "fr_post"),
    Jurisdiction.UNITED_KINGDOM: ("uk_pre", "uk_post"),
    Jurisdiction.BRAZIL: ("br_pre", "br_post"),
    Jurisdiction.UNITED_STATES: ("us_pre", "us_post"),
}
"""The plans of a new bank, before and after heating."""
