"""Two plans of a day side by side: figures, moved visits, changed promises."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from collector.planning.editing.what_if import DayChange, tightest_margin
from collector.planning.problem.expected_begins import expected_begins
from collector.rounds.promises import ExpectedBegin, Promise, promise
from collector.rounds.publication import promises_in
from routing.analysis.compare import Seat, compare
from routing.cost import cost
from routing.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFigures:
    """Figures of a plan.

    Attributes
    ----------
    waiting, longest, margin
        Seconds of waiting at the doors, of the longest round, and left on the tightest clock.
    """

    planned: int
    metres: int
    seconds: int
    waiting: int
    longest: int
    cents: int
    margin: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPosition:
    """Round, number and begin of a visit."""

    letter: str
    number: int
    begins_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedVisit:
    """A visit with another round, position or begin in the other plan.

    Attributes
    ----------
    is_taken
        The change moves it; otherwise it begins at another time because others move.
    was_promised, becomes_promised
        The present and the new promise; both None if the donor has none.
    """

    pickup_id: int
    before: VisitPosition | None
    after: VisitPosition | None
    is_taken: bool
    was_promised: Promise | None
    becomes_promised: Promise | None

    @property
    def is_notified(self) -> bool:
        """Whether the donor gets a message."""
        return self.was_promised is not None and self.was_promised != self.becomes_promised

    @property
    def later(self) -> int | None:
        """The delay of its begin, in seconds; None if one plan lacks it."""
        if self.before is None or self.after is None:
            return None
        return int((self.after.begins_at - self.before.begins_at).total_seconds())


def plan_figures(change: DayChange, plan: Plan) -> PlanFigures:
    """Return the figures of one of the two plans, in the bank's own costs."""
    bill = cost(change.problem, plan)
    return PlanFigures(
        planned=sum(len(tour.stops) for tour in plan.tours),
        metres=plan.metres,
        seconds=plan.seconds,
        waiting=sum(stop.wait for tour in plan.tours for stop in tour.stops),
        longest=max((tour.seconds for tour in plan.tours), default=0),
        cents=bill.paid,
        margin=tightest_margin(change.problem, plan.tours),
    )


def moved_visits(change: DayChange) -> tuple[MovedVisit, ...]:
    """Return every visit with another round, position or minute in the two plans.

    Visits that change their round come first.
    """
    letters = {str(round_.shift_id): round_.letter for round_ in change.facts.rounds}
    promises = promises_in(change.facts.plan.rounds)
    found = compare(change.plan_before, change.plan_after)
    expected = expected_begins(change.problem, change.plan_after, change.facts.service_day)
    return tuple(
        _moved(change, int(each.visit), each.before, each.after, letters, promises, expected)
        for each in (*found.moved, *found.retimed)
    )


def _moved(
    change: DayChange,
    key: int,
    before: Seat | None,
    after: Seat | None,
    letters: Mapping[str, str],
    promises: Mapping[int, Promise],
    expected: Mapping[int, ExpectedBegin],
) -> MovedVisit:
    given = promises.get(key)
    new_promise = None
    if given is not None and after is not None:
        service_day = change.facts.service_day
        windows = change.facts.pickups[key].windows
        begins = service_day.at(after.begin)
        new_promise = promise(service_day, begins, windows, given=given, expected=expected.get(key))
    return MovedVisit(
        pickup_id=key,
        before=_position(change, before, letters),
        after=_position(change, after, letters),
        is_taken=key in change.moved,
        was_promised=given,
        becomes_promised=new_promise,
    )


def _position(
    change: DayChange, seat: Seat | None, letters: Mapping[str, str]
) -> VisitPosition | None:
    if seat is None:
        return None
    return VisitPosition(
        letter=letters[seat.shift],
        number=seat.position + 1,
        begins_at=change.facts.service_day.at(seat.begin),
    )
