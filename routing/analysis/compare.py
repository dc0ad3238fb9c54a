"""Differences between two plans of one problem."""

from collections.abc import Iterator
from dataclasses import dataclass

from routing.plan import Cost, Plan
from routing.units import AT_ONCE, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """The position of a visit in a plan.

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
    """A visit with another shift or begin in the other plan.

    Attributes
    ----------
    before, after : Seat, optional
        None if the visit is unassigned.
    """

    visit: str
    before: Seat | None
    after: Seat | None

    @property
    def is_moved(self) -> bool:
        """Whether the visit changed its shift, or became assigned or unassigned."""
        return (self.before and self.before.shift) != (self.after and self.after.shift)

    @property
    def later_by(self) -> Seconds | None:
        """Seconds by which service begins later (negative: earlier); None if unassigned once."""
        if self.before is None or self.after is None:
            return None
        return Seconds(self.after.begin - self.before.begin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The differences of a plan from another.

    Attributes
    ----------
    moved : tuple of Change
        Visits on another shift, or in one plan only.
    retimed : tuple of Change
        Visits on the same shift with a begin that differs by more than the tolerance.
    before, after : Cost
        The bills.
    """

    moved: tuple[VisitDifference, ...]
    retimed: tuple[VisitDifference, ...]
    before: Cost
    after: Cost


def compare(before: Plan, after: Plan, *, tolerance: Seconds = AT_ONCE) -> Comparison:
    """Return the differences between two plans.

    Parameters
    ----------
    tolerance : Seconds
        The largest difference of two begins that counts as equal.
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
    """Return the visits of either plan, the first plan's in its order first."""
    then, now = _seats(before), _seats(after)
    for visit in {**then, **now}:
        yield VisitDifference(visit=visit, before=then.get(visit), after=now.get(visit))


def _seats(plan: Plan) -> dict[str, Seat]:
    return {
        stop.visit: Seat(shift=tour.shift, position=position, begin=stop.begin)
        for tour in plan.tours
        for position, stop in enumerate(tour.stops)
    }
