"""Knows what two plans of one problem do differently."""

from collections.abc import Iterator
from dataclasses import dataclass

from routing.plan import Cost, Plan
from routing.units import AT_ONCE, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Where a visit is in a plan.

    Attributes
    ----------
    position : int
        The first stop is 0.
    begin : Seconds
        Of service.
    """

    shift: str
    position: int
    begin: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitDifference:
    """A visit that is elsewhere, or at another time, in the other plan.

    Attributes
    ----------
    before, after : Seat, optional
        None where the visit is unassigned.
    """

    visit: str
    before: Seat | None
    after: Seat | None

    @property
    def is_moved(self) -> bool:
        """It rides on another shift, or on none, or now on one."""
        return (self.before and self.before.shift) != (self.after and self.after.shift)

    @property
    def later_by(self) -> Seconds | None:
        """How much later its service begins, negative if earlier; None if one plan lacks it."""
        if self.before is None or self.after is None:
            return None
        return Seconds(self.after.begin - self.before.begin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a plan does differently from another.

    Attributes
    ----------
    moved : tuple of Change
        Visits on another shift, or in one plan only.
    retimed : tuple of Change
        Visits on the same shift whose service begins at another time, by more than was asked for.
    before, after : Cost
        The bills.
    """

    moved: tuple[VisitDifference, ...]
    retimed: tuple[VisitDifference, ...]
    before: Cost
    after: Cost


def compare(before: Plan, after: Plan, *, tolerance: Seconds = AT_ONCE) -> Comparison:
    """List what two plans do differently.

    Parameters
    ----------
    tolerance : Seconds
        A service that begins earlier or later by no more than this has not changed its time.
    """
    changes = tuple(_changes(before, after))
    moved = tuple(change for change in changes if change.is_moved)
    late = tuple(
        change
        for change in changes
        if not change.is_moved and abs(change.later_by or 0) > tolerance
    )
    return Comparison(moved=moved, retimed=late, before=before.cost, after=after.cost)


def _changes(before: Plan, after: Plan) -> Iterator[VisitDifference]:
    """Every visit of either plan, those of the first in its order ahead."""
    then, now = _seats(before), _seats(after)
    for visit in {**then, **now}:
        yield VisitDifference(visit=visit, before=then.get(visit), after=now.get(visit))


def _seats(plan: Plan) -> dict[str, Seat]:
    return {
        stop.visit: Seat(shift=tour.shift, position=position, begin=stop.begin)
        for tour in plan.tours
        for position, stop in enumerate(tour.stops)
    }
