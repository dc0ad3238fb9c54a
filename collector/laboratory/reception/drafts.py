"""Draft of an intake, and the rules of the bench on volumes and dates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from collector.banks.models import Known
from collector.field_parsers import FieldMistake
from collector.laboratory.reception.models import VolumeMeasure

MOST_ML = 1000
"""Largest volume of one container, in millilitres."""
GRAMS_PER_ML = 1.03
"""Density of human milk, in grams per millilitre; Milkround's own value, not verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeDraft:
    """A container as the technician measured and read it.

    Attributes
    ----------
    grams
        The weight with the bottle, or None if the volume was read.
    volume_ml
        The volume that was read, or None if the container was weighed.
    """

    grams: int | None
    volume_ml: int | None
    declared: bool = False
    """Whether `volume_ml` is the donor's figure on the label."""
    expressed_first: date | None
    expressed_last: date | None
    preterm: Known = Known.UNKNOWN
    dairy_free: Known = Known.UNKNOWN
    note: str = ""

    @property
    def measure(self) -> VolumeMeasure:
        """The way in which the volume was found."""
        if self.grams is not None:
            return VolumeMeasure.WEIGHED
        return VolumeMeasure.DECLARED if self.declared else VolumeMeasure.READ


def millilitres(draft: IntakeDraft, *, tare_grams: int) -> int | None:
    """Return the volume of a draft in millilitres, or None without a measure."""
    if draft.grams is not None:
        return round((draft.grams - tare_grams) / GRAMS_PER_ML)
    return draft.volume_ml


def volume_mistakes(draft: IntakeDraft, *, tare_grams: int) -> Iterator[FieldMistake]:
    """Yield the mistakes in the measure of a draft.

    Parameters
    ----------
    tare_grams
        The weight of an empty bottle.
    """
    if draft.grams is not None and draft.volume_ml is not None:
        yield FieldMistake("volume_ml", "volume_and_weight")
        return
    field = "grams" if draft.grams is not None else "volume_ml"
    volume = millilitres(draft, tare_grams=tare_grams)
    if volume is None:
        yield FieldMistake(field, "volume_missing")
    elif draft.grams is not None and draft.grams <= tare_grams:
        yield FieldMistake(field, "lighter_than_bottle", {"grams": tare_grams})
    elif not 1 <= volume <= MOST_ML:
        yield FieldMistake(field, "volume_out_of_bounds", {"most": MOST_ML})


def date_mistakes(
    draft: IntakeDraft, *, today: date, born_on: date | None
) -> Iterator[FieldMistake]:
    """Yield the mistakes in the days of expression of a draft.

    Parameters
    ----------
    today
        The day of the reception.
    born_on
        The birthday of the donor's baby, where known.
    """
    days = {"expressed_first": draft.expressed_first, "expressed_last": draft.expressed_last}
    for field, day in days.items():
        if day is None:
            yield FieldMistake(field, "expression_missing")
        elif day > today:
            yield FieldMistake(field, "day_in_future")
        elif born_on is not None and day < born_on:
            yield FieldMistake(field, "expression_before_birth")
    first, last = days.values()
    if first is not None and last is not None and last < first:
        yield FieldMistake("expressed_last", "expression_backwards")
