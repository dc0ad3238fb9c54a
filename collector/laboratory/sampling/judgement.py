"""Judgement of results by a sampling plan: one function for each measure of a rule."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from collector.laboratory.sampling.models import (
    Analyte,
    ResultComparator,
    ResultUnit,
    RuleMeasure,
)

UL_IN_ML = 1000


class RuleOutcome(StrEnum):
    """The outcome of a rule for a sample."""

    PASSED = "passed"
    FAILED = "failed"
    AWAITED = "awaited"
    """A plate has no result yet."""
    UNDECIDABLE = "undecidable"
    """A result is too coarse for the limit: too little was plated, or it is only a bound."""


class PlateReading(Protocol):
    """The part of a result that is judged."""

    @property
    def plate(self) -> int: ...  # noqa: D102
    @property
    def analyte(self) -> Analyte: ...  # noqa: D102
    @property
    def comparator(self) -> ResultComparator: ...  # noqa: D102
    @property
    def value(self) -> float: ...  # noqa: D102
    @property
    def unit(self) -> ResultUnit: ...  # noqa: D102
    @property
    def plated_ul(self) -> int: ...  # noqa: D102


class PlanRule(Protocol):
    """The part of a plan's rule that judges."""

    @property
    def analyte(self) -> Analyte: ...  # noqa: D102
    @property
    def measure(self) -> RuleMeasure: ...  # noqa: D102
    @property
    def most(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatingForm:
    """Plates of a plan, and the volume on each in microlitres."""

    plates: int
    plated_ul: int

    @property
    def detection_limit(self) -> float:
        """The value of one colony on a plate, in CFU/ml."""
        return UL_IN_ML / self.plated_ul


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureBounds:
    """The least and the most that a finding may be; the most may be infinite."""

    least: float
    most: float


def judge_rule(rule: PlanRule, form: PlatingForm, found: Sequence[PlateReading]) -> RuleOutcome:
    """Return the outcome of one rule for the results of a sample.

    A failing plate decides at once, also while others are awaited.

    Parameters
    ----------
    found
        The standing results of the sample, of any analyte.
    """
    plates = {each.plate: each for each in found if each.analyte is rule.analyte}
    outcome = MEASURES[rule.measure](rule.most, form, plates)
    if outcome is RuleOutcome.FAILED:
        return outcome
    wanted = range(1, form.plates + 1)
    return outcome if all(plate in plates for plate in wanted) else RuleOutcome.AWAITED


def values(most: int, form: PlatingForm, plates: Mapping[int, PlateReading]) -> RuleOutcome:
    """Judge the value of each plate; a limit of 0 is kept by any plate without growth."""
    limit = most or form.detection_limit
    outcomes = [
        _at_most(value_bounds(each), limit, growth_fails=not most) for each in plates.values()
    ]
    return _worst(outcomes)


def colonies(most: int, form: PlatingForm, plates: Mapping[int, PlateReading]) -> RuleOutcome:  # noqa: ARG001
    """Judge the colonies on each plate."""
    return _worst([_at_most(colony_bounds(each), most) for each in plates.values()])


def positive_plates(
    most: int,
    form: PlatingForm,  # noqa: ARG001 - every measure has the same arguments
    plates: Mapping[int, PlateReading],
) -> RuleOutcome:
    """Judge the number of plates with a colony."""
    positive = sum(colony_bounds(each).least > 0 for each in plates.values())
    perhaps = sum(colony_bounds(each).most > 0 for each in plates.values())
    if positive > most:
        return RuleOutcome.FAILED
    return RuleOutcome.PASSED if perhaps <= most else RuleOutcome.UNDECIDABLE


MEASURES: Mapping[
    RuleMeasure, Callable[[int, PlatingForm, Mapping[int, PlateReading]], RuleOutcome]
] = {
    RuleMeasure.VALUE: values,
    RuleMeasure.COLONIES: colonies,
    RuleMeasure.POSITIVE_PLATES: positive_plates,
}


def value_bounds(found: PlateReading) -> FigureBounds:
    """Return the bounds of a result in CFU/ml, or in degrees Dornic.

    No colony on a plate means less than one colony on it.
    """
    each = UL_IN_ML / found.plated_ul
    value = found.value * (each if found.unit is ResultUnit.COLONIES else 1)
    if found.comparator is ResultComparator.ABOVE:
        return FigureBounds(least=value, most=float("inf"))
    if found.unit is ResultUnit.DORNIC:
        least = 0 if found.comparator is ResultComparator.BELOW else value
        return FigureBounds(least=least, most=value)
    if found.comparator is ResultComparator.BELOW:
        return FigureBounds(least=0, most=value)
    return FigureBounds(least=value, most=value or each)


def colony_bounds(found: PlateReading) -> FigureBounds:
    """Return the bounds of the colonies on a plate; a value below one colony is none."""
    one = UL_IN_ML / found.plated_ul
    bounds = value_bounds(found)
    none = not bounds.least and bounds.most <= one
    return FigureBounds(least=bounds.least / one, most=0 if none else bounds.most / one)


def _at_most(bounds: FigureBounds, limit: float, *, growth_fails: bool = False) -> RuleOutcome:
    """Return whether a figure is at most a limit; a bound above it leaves the answer open."""
    is_open = bounds.most == float("inf")
    if growth_fails and (bounds.least > 0 or is_open):
        return RuleOutcome.FAILED
    if bounds.least > limit or (is_open and bounds.least >= limit):
        return RuleOutcome.FAILED
    return RuleOutcome.PASSED if bounds.most <= limit else RuleOutcome.UNDECIDABLE


def _worst(outcomes: Sequence[RuleOutcome]) -> RuleOutcome:
    for outcome in (RuleOutcome.FAILED, RuleOutcome.UNDECIDABLE):
        if outcome in outcomes:
            return outcome
    return RuleOutcome.PASSED
