"""What the live page of a day shows: each round's course, boxes and phone, what needs a look."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from collector.banks.policies import Policies
from collector.banks.queries import policies_of
from collector.custody.models import Container
from collector.pickups.models import Pickup
from collector.planning.dispatch.cold_chain import BoxClock, box_clocks, containers_aboard
from collector.planning.dispatch.eta import RoundEta, StopEta, estimate_round
from collector.rounds.events.monitoring import RoundOnTheRoad, on_the_road
from collector.rounds.models import DayPlan, Incident, Round
from collector.rounds.queries import first_revisions

SILENT = timedelta(minutes=45)
"""A phone on the road looks for news every half minute where it has a signal."""
DEPARTURE_GRACE = timedelta(minutes=15)
"""A round that has sent nothing so long after its planned departure is silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundDispatch:
    """One round on the road.

    Attributes
    ----------
    contact
        When its collector's phone was last in touch.
    told_anew
        It was changed after it had been published, and its collector has not seen that.
    """

    told: RoundOnTheRoad
    course: RoundEta | None
    clocks: tuple[BoxClock, ...]
    contact: datetime | None
    silent: bool
    told_anew: bool

    @property
    def round(self) -> Round:
        """Its row."""
        return self.told.round

    @property
    def letter(self) -> str:
        """The letter that stands for the collector."""
        return self.told.round.letter

    @property
    def doors(self) -> tuple[StopEta, ...]:
        """Its stops as they were and will be."""
        return self.course.doors if self.course else ()

    @property
    def done(self) -> int:
        """How many are over."""
        return sum(door.past for door in self.doors)

    @property
    def next(self) -> StopEta | None:
        """The door that comes next."""
        ahead = self.course.ahead if self.course else ()
        return ahead[0] if ahead else None

    @property
    def open_incidents(self) -> tuple[Incident, ...]:
        """What its collector told of and nobody answered."""
        return tuple(each for each, _ in self.told.incidents if each.decision is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchView:
    """A day followed."""

    day: date
    plan: DayPlan | None
    rounds: tuple[RoundDispatch, ...]
    pickups: Mapping[int, Pickup]
    now: datetime

    @property
    def visits(self) -> int:
        """How many were promised."""
        return sum(len(each.doors) for each in self.rounds)

    @property
    def done(self) -> int:
        """How many are over."""
        return sum(each.done for each in self.rounds)

    @property
    def at_risk(self) -> list[tuple[RoundDispatch, StopEta]]:
        """The promises that may be broken, the latest first."""
        found = [(each, door) for each in self.rounds for door in each.doors if door.at_risk]
        return sorted(found, key=lambda pair: pair[1].late_by, reverse=True)

    @property
    def at_risk_by_round(self) -> list[tuple[RoundDispatch, list[StopEta]]]:
        """The same round by round: one that runs late is one thing to look at, not a dozen."""
        found: dict[str, tuple[RoundDispatch, list[StopEta]]] = {}
        for each, door in self.at_risk:
            found.setdefault(each.letter, (each, []))[1].append(door)
        return list(found.values())

    @property
    def tight(self) -> list[tuple[RoundDispatch, BoxClock]]:
        """The boxes whose clocks are close or lost."""
        return [(each, clock) for each in self.rounds for clock in each.clocks if clock.tone]

    @property
    def silent(self) -> list[RoundDispatch]:
        """The rounds nobody has heard of for too long."""
        return [each for each in self.rounds if each.silent]

    @property
    def unseen(self) -> list[RoundDispatch]:
        """The rounds whose collector has not seen her latest revision."""
        return [each for each in self.rounds if each.told_anew]

    @property
    def incidents(self) -> list[tuple[RoundDispatch, Incident]]:
        """What waits for an answer."""
        return [(each, incident) for each in self.rounds for incident in each.open_incidents]

    @property
    def calm(self) -> bool:
        """Whether nothing needs a look."""
        return not (self.at_risk or self.tight or self.silent or self.unseen or self.incidents)


def load_dispatch_view(
    session: Session, plan: DayPlan | None, *, bank_id: int, day: date, now: datetime
) -> DispatchView:
    """Return a day as it goes."""
    policies = policies_of(session, bank_id)
    told = on_the_road(session, bank_id=bank_id, day=day)
    stops = [stop for round_ in plan.rounds for stop in round_.stops] if plan else []
    first = first_revisions(session, plan) if plan else {}
    carried = containers_aboard(
        session, bank_id=bank_id, pickups=[stop.pickup_id for stop in stops]
    )
    return DispatchView(
        day=day,
        plan=plan,
        rounds=tuple(
            _round(each, carried, policies, now, first=first.get(each.round.id)) for each in told
        ),
        pickups={stop.pickup_id: stop.pickup for stop in stops},
        now=now,
    )


def _round(
    told: RoundOnTheRoad,
    carried: Mapping[int, list[Container]],
    policies: Policies,
    now: datetime,
    *,
    first: int | None,
) -> RoundDispatch:
    published = told.round.published
    found = estimate_round(published, told.progress, now=now) if published else None
    contact = max(_contacts(told), default=None)
    return RoundDispatch(
        told=told,
        course=found,
        clocks=box_clocks(found, carried, policies) if found else (),
        contact=contact,
        silent=found is not None and _is_silent(told.round, found, contact, now),
        told_anew=not told.seen and told.round.revision != first,
    )


def _is_silent(round_: Round, found: RoundEta, contact: datetime | None, now: datetime) -> bool:
    """Whether nothing was heard for too long of a round that should be on the road."""
    planned = round_.departs_at
    if found.home or not found.doors or planned is None:
        return False
    since = contact if found.started and contact is not None else planned + DEPARTURE_GRACE - SILENT
    return now - since > SILENT


def _contacts(told: RoundOnTheRoad) -> Iterator[datetime]:
    if told.last_event_at is not None:
        yield told.last_event_at
    yield from (device.seen_at for device in told.devices if device.revoked_at is None)
