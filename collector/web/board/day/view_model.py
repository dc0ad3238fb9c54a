"""The view of a day, computed from its plan: rounds, stops, tray, cost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from collector.banks.policies import Policies, PolicyKey
from collector.pickups.models import Pickup
from collector.pickups.states import AGREED, VISITED
from collector.planning.problem.ride_limits import TIGHT_MARGIN, ride_limits
from collector.rounds.models import (
    NOT_STARTED,
    DayPlan,
    PlannedEmptying,
    Round,
    RoundStop,
    Unplanned,
)
from collector.shifts.duty import during_shift
from collector.shifts.models import Absence, RosterShift
from collector.web.board.wording import reason


@dataclass(frozen=True, slots=True, kw_only=True)
class StopView:
    """A stop on the page."""

    number: int
    stop: RoundStop
    pickup: Pickup
    margin: timedelta | None
    """Time left on the tightest clock of the visit's containers at the freezer."""

    @property
    def wait(self) -> timedelta:
        """The collector's wait at the door."""
        return self.stop.begins_at - self.stop.arrives_at

    @property
    def service(self) -> timedelta:
        """The service time."""
        return self.stop.ends_at - self.stop.begins_at

    @property
    def movable(self) -> bool:
        """Whether the visit is still to come."""
        return self.pickup.state in AGREED


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundView:
    """A round on the page."""

    round: Round
    shift: RosterShift
    stops: tuple[StopView, ...]
    absences: tuple[Absence, ...] = ()
    """The absences of its collector or vehicle during the shift."""

    @property
    def letter(self) -> str:
        """The letter of the round on screen and on paper."""
        return self.round.letter

    @property
    def seconds(self) -> int:
        """Seconds from departure to return."""
        if not (self.round.departs_at and self.round.returns_at):
            return 0
        return int((self.round.returns_at - self.round.departs_at).total_seconds())

    def emptyings_after(self, number: int) -> list[PlannedEmptying]:
        """Return the emptyings of the box that come after so many stops and before the next."""
        return [
            each
            for each in self.round.emptyings
            if sum(stop.stop.begins_at <= each.begins_at for stop in self.stops) == number
        ]

    def received_at(self, stop: RoundStop) -> datetime | None:
        """Return the arrival at the freezer that receives the milk of a stop."""
        return received_at(self.round, stop)

    @property
    def bottles(self) -> int:
        """Bottles to collect."""
        return sum(stop.pickup.bottles for stop in self.stops)

    @property
    def tightest(self) -> StopView | None:
        """The stop with the least time left on its clock at the freezer."""
        clocked = [stop for stop in self.stops if stop.margin is not None]
        return min(clocked, key=lambda stop: stop.margin or timedelta(), default=None)

    @property
    def tone(self) -> str:
        """The severity of the tightest clock: `late`, `close`, or empty."""
        tightest = self.tightest
        if tightest is None or tightest.margin is None or tightest.margin >= TIGHT_MARGIN:
            return ""
        return "late" if tightest.margin < timedelta() else "close"

    @property
    def changed(self) -> bool:
        """Whether the draft differs from the published order."""
        return self.round.published is not None and published_order(self.round) != tuple(
            stop.pickup.id for stop in self.stops
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayEntry:
    """An unplanned visit of the day, with its reason."""

    pickup: Pickup
    sentence: str
    code: str = ""
    """The code of the reason by the last plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """A day on the page."""

    plan: DayPlan | None
    rounds: tuple[RoundView, ...]
    idle: tuple[RosterShift, ...]
    absences: tuple[Absence, ...]
    tray: tuple[TrayEntry, ...]
    urgency: int = 100
    """The weight of a visit for donated milk in the planner's sums, in percent."""

    @property
    def version(self) -> int:
        """The version that a change must name; 0 before a plan."""
        return self.plan.version if self.plan else 0

    @property
    def revision(self) -> int:
        """The last published revision."""
        return self.plan.revision if self.plan else 0

    @property
    def planned(self) -> int:
        """Number of visits in a round."""
        return sum(len(view.stops) for view in self.rounds)

    @property
    def visits(self) -> int:
        """Number of visits of the day."""
        return self.planned + len(self.tray)

    @property
    def done(self) -> int:
        """Number of visits that are over."""
        return sum(stop.pickup.state in VISITED for view in self.rounds for stop in view.stops)

    @property
    def metres(self) -> int:
        """Metres of all rounds."""
        return sum(view.round.metres for view in self.rounds)

    @property
    def seconds(self) -> int:
        """Seconds of all rounds."""
        return sum(view.seconds for view in self.rounds)

    @property
    def cents(self) -> int:
        """Cost of all rounds, in cents."""
        return sum(view.round.cost_cents for view in self.rounds)

    @property
    def names(self) -> dict[int, str]:
        """The donor's name by request."""
        stops = (stop.pickup for found in self.rounds for stop in found.stops)
        pickups = (*stops, *(left.pickup for left in self.tray))
        return {
            pickup.id: f"{pickup.donor.first_name} {pickup.donor.family_name}" for pickup in pickups
        }

    @property
    def under_way(self) -> bool:
        """Whether a round has started."""
        return any(view.round.state not in NOT_STARTED for view in self.rounds)


def build_day_view(
    plan: DayPlan | None,
    *,
    shifts: Sequence[RosterShift],
    pickups: Sequence[Pickup],
    policies: Policies,
    absences: Sequence[Absence],
    zone: ZoneInfo,
) -> DayView:
    """Build the view of a day.

    Parameters
    ----------
    shifts
        Every shift of the day, with a round or without.
    pickups
        Every visit of the day that may be planned, in a round or not.
    absences
        The absences of the day.
    """
    rounds = (
        tuple(
            _round(found, policies, during_shift(found.shift, absences, zone))
            for found in plan.rounds
        )
        if plan
        else ()
    )
    driving = {view.shift.id for view in rounds}
    return DayView(
        plan=plan,
        rounds=rounds,
        idle=tuple(shift for shift in shifts if shift.id not in driving),
        absences=tuple(absences),
        tray=_tray(plan.unplanned if plan else [], rounds, pickups),
        urgency=policies[PolicyKey.MILK_URGENCY_PERCENT],
    )


def published_order(found: Round) -> tuple[int, ...]:
    """Return the requests of a round in the published order."""
    stops = (found.published or {}).get("stops", [])
    return tuple(int(stop["pickup"]) for stop in stops)


def _round(found: Round, policies: Policies, absences: Iterable[Absence]) -> RoundView:
    stops = tuple(
        StopView(
            number=number,
            stop=stop,
            pickup=stop.pickup,
            margin=_margin(stop, received_at(found, stop), policies),
        )
        for number, stop in enumerate(found.stops, start=1)
    )
    return RoundView(round=found, shift=found.shift, stops=stops, absences=tuple(absences))


def received_at(round_: Round, stop: RoundStop) -> datetime | None:
    """Return the arrival at the first freezer after a stop: on the way, or at the end."""
    on_the_way = (each.arrives_at for each in round_.emptyings if each.begins_at >= stop.begins_at)
    return next(on_the_way, round_.returns_at)


def _margin(stop: RoundStop, received: datetime | None, policies: Policies) -> timedelta | None:
    limits = ride_limits(stop.pickup.purposes, policies).values()
    if not limits or received is None:
        return None
    return timedelta(seconds=min(limits)) - (received - stop.ends_at)


def _tray(
    unplanned: Sequence[Unplanned], rounds: Sequence[RoundView], pickups: Sequence[Pickup]
) -> tuple[TrayEntry, ...]:
    """Return the unplanned visits: first the ones of the last plan, then later requests."""
    placed = {stop.pickup.id for found in rounds for stop in found.stops}
    explained = [
        TrayEntry(pickup=left.pickup, sentence=reason(left.reason, left.details), code=left.reason)
        for left in unplanned
        if left.pickup_id not in placed
    ]
    known = placed | {left.pickup.id for left in explained}
    planned = any(found.stops for found in rounds)
    since = [
        TrayEntry(pickup=pickup, sentence=reason("not_asked_yet", {}) if planned else "")
        for pickup in pickups
        if pickup.id not in known
    ]
    return (*explained, *since)
