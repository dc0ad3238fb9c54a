"""The view of the weeks: a tolerance bar per donor, the load of each day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from collector.pickups.models import Pickup
from collector.planning.horizon.due_dates import TOLERANCE, DueDonor
from collector.planning.horizon.problem import Weeks
from collector.planning.horizon.queries import ProposedDay
from collector.web.board.timeline_scale import TimelineScale


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLoad:
    """The load of one day: collectors, agreed and proposed visits, bottles."""

    day: date
    collectors: int
    agreed: int
    proposed: int
    capacity_bottles: int
    bottles: int

    @property
    def share(self) -> int:
        """The load of the vehicles, in per cent."""
        return round(100 * self.bottles / self.capacity_bottles) if self.capacity_bottles else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ToleranceBar:
    """A donor's tolerance over the days, in per cent of the width.

    Attributes
    ----------
    left, width
        From the first possible day to the due date.
    ticks
        The days that fit.
    found
        The place of the proposed day.
    """

    left: float
    width: float
    ticks: tuple[float, ...]
    found: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDonorView:
    """One due donor on the page."""

    candidate: DueDonor
    bar: ToleranceBar
    found: ProposedDay | None
    collector: str
    made: Pickup | None
    tight: bool
    """Whether fewer than three days fit."""

    @property
    def open(self) -> bool:
        """Whether her day is not proposed yet."""
        return self.found is not None and self.made is None


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizonView:
    """The weeks on the page."""

    days: tuple[DayLoad, ...]
    donors: tuple[DueDonorView, ...]
    weeks: tuple[tuple[float, date], ...]
    """The place of each Monday."""

    @property
    def open(self) -> int:
        """Number of days not proposed yet."""
        return sum(each.open for each in self.donors)

    @property
    def without(self) -> list[DueDonorView]:
        """The donors without a day that fits."""
        return [each for each in self.donors if not each.candidate.days]

    @property
    def due(self) -> list[DueDonorView]:
        """The donors with days that fit."""
        return [each for each in self.donors if each.candidate.days]


FEW = 3
A_DAY = timedelta(days=1)
LEAST_WIDTH = 0.5
"""Least width of a bar, in per cent of the page's width, so that it is visible."""


def build_horizon_view(
    ahead: Weeks, found: Sequence[ProposedDay], made: Mapping[int, Pickup]
) -> HorizonView:
    """Build the view of the weeks."""
    first, last = ahead.first.day, ahead.last
    scale: TimelineScale[date] = TimelineScale(first, last + A_DAY)
    by_donor = {each.donor_id: each for each in found}
    names = {shift.id: shift.collector.name for shift in ahead.shifts}
    donors = tuple(
        DueDonorView(
            candidate=each,
            bar=_bar(scale, each, by_donor.get(each.donor.id)),
            found=by_donor.get(each.donor.id),
            collector=names.get(by_donor[each.donor.id].shift_id, "")
            if each.donor.id in by_donor
            else "",
            made=made.get(each.donor.id),
            tight=len(each.days) < FEW,
        )
        for each in ahead.candidates
    )
    return HorizonView(
        days=tuple(_days(ahead, donors)),
        donors=donors,
        weeks=tuple(
            (scale.at(first + timedelta(days=offset)), first + timedelta(days=offset))
            for offset in range((last - first).days + 1)
            if (first + timedelta(days=offset)).isoweekday() == 1
        ),
    )


def _bar(scale: TimelineScale[date], each: DueDonor, found: ProposedDay | None) -> ToleranceBar:
    begin = max(each.ready_on or each.due_on, each.due_on - TOLERANCE)
    left, width = scale.bar(min(begin, each.due_on), each.due_on + A_DAY)
    return ToleranceBar(
        left=left,
        width=max(width, LEAST_WIDTH),
        ticks=tuple(_noon(scale, day) for day in each.days),
        found=_noon(scale, found.day) if found else None,
    )


def _noon(scale: TimelineScale[date], day: date) -> float:
    left, width = scale.bar(day, day + A_DAY)
    return round(left + width / 2, 3)


def _days(ahead: Weeks, donors: Sequence[DueDonorView]) -> list[DayLoad]:
    found = []
    for day in ahead.driven:
        shifts = [shift for shift in ahead.shifts if shift.day == day]
        agreed = [
            pickup for pickup in ahead.agreed if {window.day for window in pickup.windows} == {day}
        ]
        proposed = [each for each in donors if each.open and each.found and each.found.day == day]
        found.append(
            DayLoad(
                day=day,
                collectors=len(shifts),
                agreed=len(agreed),
                proposed=len(proposed),
                capacity_bottles=sum(shift.capacity_bottles for shift in shifts),
                bottles=sum(pickup.bottles for pickup in agreed)
                + sum(each.candidate.bottles(day) for each in proposed),
            )
        )
    return found
