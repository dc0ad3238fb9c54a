"""Two plans of a day side by side: their figures, moved visits, changed promises."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from collector.planning.editing.what_if import DayChange, margin
from collector.rounds.promises import Promise, promise
from collector.rounds.publication import promises_in
from routing.analysis.compare import Seat, compare
from routing.cost import cost
from routing.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a plan comes to.

    Attributes
    ----------
    waiting, longest, margin
        Seconds: at doors, of the longest round, left on the tightest clock.
    """

    planned: int
    metres: int
    seconds: int
    waiting: int
    longest: int
    cents: int
    margin: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatSeen:
    """Where a visit is: its round, its number in it, when it begins."""

    letter: str
    number: int
    begins_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedVisit:
    """A visit that is elsewhere, or at another time, in the other plan.

    Attributes
    ----------
    is_taken
        The change moves it; else it only begins at another time because others move.
    was_promised, becomes_promised
        What its donor was told, and what she would be told; both None where she hears nothing.
    """

    pickup_id: int
    before: SeatSeen | None
    after: SeatSeen | None
    is_taken: bool
    was_promised: Promise | None
    becomes_promised: Promise | None

    @property
    def is_heard(self) -> bool:
        """Whether its donor hears of it."""
        return self.was_promised is not None and self.was_promised != self.becomes_promised

    @property
    def later(self) -> int | None:
        """How many seconds later it begins; None where one plan lacks it."""
        if self.before is None or self.after is None:
            return None
        return int((self.after.begins_at - self.before.begins_at).total_seconds())


def figures(change: DayChange, plan: Plan) -> Figures:
    """Return what one of the two plans comes to, in the bank's own costs."""
    bill = cost(change.problem, plan)
    return Figures(
        planned=sum(len(tour.stops) for tour in plan.tours),
        metres=plan.metres,
        seconds=plan.seconds,
        waiting=sum(stop.wait for tour in plan.tours for stop in tour.stops),
        longest=max((tour.seconds for tour in plan.tours), default=0),
        cents=bill.total - bill.penalties,
        margin=margin(change.problem, plan.tours),
    )


def moved_visits(change: DayChange) -> tuple[MovedVisit, ...]:
    """Return every visit that the two plans have elsewhere or at another minute.

    First those that change their round, then those with another place or time in it.
    """
    letters = {str(round_.shift_id): round_.letter for round_ in change.facts.rounds}
    told = promises_in(change.facts.plan.rounds)
    found = compare(change.before, change.after)
    return tuple(
        _moved(change, int(each.visit), each.before, each.after, letters, told)
        for each in (*found.moved, *found.retimed)
    )


def _moved(
    change: DayChange,
    key: int,
    before: Seat | None,
    after: Seat | None,
    letters: Mapping[str, str],
    told: Mapping[int, Promise],
) -> MovedVisit:
    given = told.get(key)
    becomes = None
    if given is not None and after is not None:
        service_day = change.facts.service_day
        windows = change.facts.pickups[key].windows
        becomes = promise(service_day, service_day.at(after.begin), windows, given=given)
    return MovedVisit(
        pickup_id=key,
        before=_seat(change, before, letters),
        after=_seat(change, after, letters),
        is_taken=key in change.moved,
        was_promised=given,
        becomes_promised=becomes,
    )


def _seat(change: DayChange, seat: Seat | None, letters: Mapping[str, str]) -> SeatSeen | None:
    if seat is None:
        return None
    return SeatSeen(
        letter=letters[seat.shift],
        number=seat.position + 1,
        begins_at=change.facts.service_day.at(seat.begin),
    )
