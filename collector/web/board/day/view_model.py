"""What the pane of a day shows, computed from its plan: rounds, stops, the tray, the bill."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.banks.policies import Policies
from collector.pickups.models import Pickup, PickupState
from collector.planning.problem.ride_limits import ride_limits
from collector.rounds.models import DayPlan, Round, RoundState, RoundStop, Unplanned
from collector.shifts.models import RosterShift
from collector.web.board.wording import reason

OVER = frozenset({PickupState.COLLECTED, PickupState.PARTLY_COLLECTED, PickupState.FAILED})
UNDER_WAY = frozenset({PickupState.EN_ROUTE, PickupState.ARRIVED})
WAITING = frozenset({PickupState.ACCEPTED, PickupState.PLANNED, PickupState.PUBLISHED})


TIGHT = timedelta(minutes=15)
"""Less than this on a clock, and one delay lets it run out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSeen:
    """A stop as the board shows it."""

    number: int
    stop: RoundStop
    pickup: Pickup
    margin: timedelta | None
    """What is left of the tightest clock of what she gives when the round ends."""

    @property
    def wait(self) -> timedelta:
        """How long the collector waits at the door."""
        return self.stop.begins_at - self.stop.arrives_at

    @property
    def service(self) -> timedelta:
        """How long the visit takes."""
        return self.stop.ends_at - self.stop.begins_at

    @property
    def movable(self) -> bool:
        """Whether nobody has come yet: what happened cannot be moved."""
        return self.pickup.state in WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundSeen:
    """A round as the board shows it."""

    round: Round
    shift: RosterShift
    stops: tuple[StopSeen, ...]

    @property
    def letter(self) -> str:
        """The letter that stands for the collector on screen and on paper."""
        return self.round.letter

    @property
    def seconds(self) -> int:
        """From departure to return."""
        if not (self.round.departs_at and self.round.returns_at):
            return 0
        return int((self.round.returns_at - self.round.departs_at).total_seconds())

    @property
    def bottles(self) -> int:
        """What the collector brings back."""
        return sum(seen.pickup.bottles for seen in self.stops)

    @property
    def tightest(self) -> StopSeen | None:
        """The stop whose clock has the least left when the round ends."""
        clocked = [seen for seen in self.stops if seen.margin is not None]
        return min(clocked, key=lambda seen: seen.margin or timedelta(), default=None)

    @property
    def tone(self) -> str:
        """How worrying the tightest clock is."""
        tightest = self.tightest
        if tightest is None or tightest.margin is None or tightest.margin >= TIGHT:
            return ""
        return "late" if tightest.margin < timedelta() else "close"

    @property
    def changed(self) -> bool:
        """Whether the draft is no longer what the collector was promised."""
        return self.round.published is not None and order_promised(self.round) != tuple(
            seen.pickup.id for seen in self.stops
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayEntry:
    """A visit of the day in no round, and why."""

    pickup: Pickup
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """A whole day as the board shows it."""

    plan: DayPlan | None
    rounds: tuple[RoundSeen, ...]
    idle: tuple[RosterShift, ...]
    tray: tuple[TrayEntry, ...]

    @property
    def version(self) -> int:
        """What a change must name, so that nobody overwrites a colleague; 0 before a plan."""
        return self.plan.version if self.plan else 0

    @property
    def revision(self) -> int:
        """The last published revision."""
        return self.plan.revision if self.plan else 0

    @property
    def planned(self) -> int:
        """How many visits are in a round."""
        return sum(len(seen.stops) for seen in self.rounds)

    @property
    def visits(self) -> int:
        """How many visits the day has."""
        return self.planned + len(self.tray)

    @property
    def done(self) -> int:
        """How many visits are over."""
        return sum(stop.pickup.state in OVER for seen in self.rounds for stop in seen.stops)

    @property
    def metres(self) -> int:
        """How far the rounds go together."""
        return sum(seen.round.metres for seen in self.rounds)

    @property
    def seconds(self) -> int:
        """How long the rounds last together."""
        return sum(seen.seconds for seen in self.rounds)

    @property
    def cents(self) -> int:
        """What the rounds cost together."""
        return sum(seen.round.cost_cents for seen in self.rounds)

    @property
    def names(self) -> dict[int, str]:
        """Who each pick-up of the day is."""
        stops = (stop.pickup for found in self.rounds for stop in found.stops)
        pickups = (*stops, *(left.pickup for left in self.tray))
        return {
            pickup.id: f"{pickup.donor.first_name} {pickup.donor.family_name}" for pickup in pickups
        }

    @property
    def under_way(self) -> bool:
        """Whether a collector has left."""
        return any(
            seen.round.state not in {RoundState.DRAFT, RoundState.PUBLISHED} for seen in self.rounds
        )


def picture(
    plan: DayPlan | None,
    *,
    shifts: Sequence[RosterShift],
    pickups: Sequence[Pickup],
    policies: Policies,
) -> DayView:
    """Return what the pane shows.

    Parameters
    ----------
    shifts
        Everyone who works that day, with a round or without.
    pickups
        Every visit of the day that may be planned, in a round or not.
    """
    rounds = tuple(_round(found, policies) for found in plan.rounds) if plan else ()
    driving = {seen.shift.id for seen in rounds}
    return DayView(
        plan=plan,
        rounds=rounds,
        idle=tuple(shift for shift in shifts if shift.id not in driving),
        tray=_tray(plan.unplanned if plan else [], rounds, pickups),
    )


def order_promised(found: Round) -> tuple[int, ...]:
    """Return the pick-ups of a round in the order that was published."""
    stops = (found.published or {}).get("stops", [])
    return tuple(int(stop["pickup"]) for stop in stops)


def _round(found: Round, policies: Policies) -> RoundSeen:
    stops = tuple(
        StopSeen(
            number=number,
            stop=stop,
            pickup=stop.pickup,
            margin=_margin(stop, found.returns_at, policies),
        )
        for number, stop in enumerate(found.stops, start=1)
    )
    return RoundSeen(round=found, shift=found.shift, stops=stops)


def _margin(stop: RoundStop, returns_at: datetime | None, policies: Policies) -> timedelta | None:
    limits = ride_limits(stop.pickup.purposes, policies).values()
    if not limits or returns_at is None:
        return None
    return timedelta(seconds=min(limits)) - (returns_at - stop.ends_at)


def _tray(
    unplanned: Sequence[Unplanned], rounds: Sequence[RoundSeen], pickups: Sequence[Pickup]
) -> tuple[TrayEntry, ...]:
    """Return what is left out: first what the planner explained, then what came since."""
    placed = {seen.pickup.id for found in rounds for seen in found.stops}
    explained = [
        TrayEntry(pickup=left.pickup, sentence=reason(left.reason, left.details))
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
