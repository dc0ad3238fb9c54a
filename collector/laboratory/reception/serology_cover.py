"""Serology cover: the days on which a donor's milk is covered by a clear blood sample."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from collector.donors.models import (
    Decision,
    DonorState,
    Serology,
    SerologyOutcome,
    WhySuspended,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearSpan:
    """The days that one clear sample covers, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SerologyCover:
    """The days of expression that a donor's clear samples cover.

    Attributes
    ----------
    spans
        One for each clear sample.
    open_since
        The last clear day before a sample that is not clear and whose case is open; None without
        such a case. Every later day is uncovered.
    has_open_case
        Whether a professional has still to decide on a sample that is not clear.
    """

    spans: Sequence[ClearSpan]
    open_since: date | None
    has_open_case: bool

    def covers(self, day: date) -> bool:
        """Return whether milk expressed on a day is covered."""
        if self.has_open_case and (self.open_since is None or day > self.open_since):
            return False
        return any(span.first <= day <= span.last for span in self.spans)

    def covers_all(self, first: date, last: date) -> bool:
        """Return whether milk expressed from a first to a last day is covered."""
        days = (last - first).days
        return all(self.covers(first + timedelta(days=n)) for n in range(days + 1))


def serology_cover(
    samples: Iterable[Serology], steps: Sequence[Decision], *, lookback_days: int
) -> SerologyCover:
    """Return the cover of a donor's blood samples.

    A clear sample drawn on day s covers the days from s - `lookback_days` to its last valid day.
    A sample that is not clear uncovers every day after the last clear one before it, until a
    professional has suspended the file for it and opened it again. A pending sample covers nothing.

    Parameters
    ----------
    steps
        The steps of the donor's file, oldest first.
    lookback_days
        Days before a clear sample whose milk it covers.
    """
    known = sorted(samples, key=lambda sample: (sample.drawn_on, sample.id or 0))
    clear = [each for each in known if each.outcome is SerologyOutcome.CLEAR]
    spans = [
        ClearSpan(first=each.drawn_on - timedelta(days=lookback_days), last=each.valid_until)
        for each in clear
        if each.valid_until is not None
    ]
    bad = [
        each.drawn_on
        for each in known
        if each.outcome is SerologyOutcome.NOT_CLEAR and not _is_closed(each.drawn_on, steps)
    ]
    before = [each.drawn_on for each in clear if bad and each.drawn_on < bad[0]]
    return SerologyCover(
        spans=spans, open_since=before[-1] if before else None, has_open_case=bool(bad)
    )


def _is_closed(drawn_on: date, steps: Sequence[Decision]) -> bool:
    """Return whether the file was suspended for a sample of this day, and opened again since."""
    suspended = False
    for step in steps:
        if step.because is WhySuspended.SEROLOGY_NOT_CLEAR and step.at.date() >= drawn_on:
            suspended = True
        elif suspended and step.state is DonorState.ELIGIBLE:
            return True
    return False
