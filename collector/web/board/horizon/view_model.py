"""What the weeks show: a bar of tolerance per donor, a column per day with its room."""

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
    """One day: who drives, what is agreed, what is proposed, how many bottles that is."""

    day: date
    collectors: int
    agreed: int
    proposed: int
    capacity_bottles: int
    bottles: int

    @property
    def share(self) -> int:
        """How full the vehicles get, in per cent."""
        return round(100 * self.bottles / self.capacity_bottles) if self.capacity_bottles else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ToleranceBar:
    """A donor's tolerance over the days, in per cent of the width.

    Attributes
    ----------
    left, width
        From when somebody may come to when somebody should have.
    ticks
        The days that fit.
    found
        Where the day found is.
    """

    left: float
    width: float
    ticks: tuple[float, ...]
    found: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDonorView:
    """One donor who will be due."""

    candidate: DueDonor
    bar: ToleranceBar
    found: ProposedDay | None
    collector: str
    made: Pickup | None
    tight: bool
    """Fewer than three days fit."""

    @property
    def open(self) -> bool:
        """Whether there is a day to be proposed."""
        return self.found is not None and self.made is None


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizonView:
    """The weeks."""

    days: tuple[DayLoad, ...]
    donors: tuple[DueDonorView, ...]
    weeks: tuple[tuple[float, date], ...]
    """Where each Monday is."""

    @property
    def open(self) -> int:
        """How many days wait to be proposed."""
        return sum(each.open for each in self.donors)

    @property
    def without(self) -> list[DueDonorView]:
        """Who has no day that fits."""
        return [each for each in self.donors if not each.candidate.days]

    @property
    def due(self) -> list[DueDonorView]:
        """Who has."""
        return [each for each in self.donors if each.candidate.days]


FEW = 3
A_DAY = timedelta(days=1)
LEAST_WIDTH = 0.5
"""Per cent of the page's width, so that a bar is seen."""


def build_horizon_view(
    ahead: Weeks, found: Sequence[ProposedDay], made: Mapping[int, Pickup]
) -> HorizonView:
    """Return the weeks as the page shows them."""
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
