"""The view of a dispatch: each round's estimate, boxes and phone, and the open points."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from collector.banks.policies import Policies, PolicyKey
from collector.banks.queries import get_bank, policies_of, sites_of
from collector.custody.models import Container
from collector.pickups.models import Pickup
from collector.planning.dispatch.cold_chain import BoxClock, box_clocks, containers_aboard
from collector.planning.dispatch.emptying import Emptying, best_emptying
from collector.planning.dispatch.eta import RoundEta, StopEta, estimate_round
from collector.planning.dispatch.foresight import RoundForesight, StopForesight, foresight_of
from collector.planning.dispatch.remaining_day import load_driven_day
from collector.planning.problem.day_travel import load_day_travel
from collector.roads.travel import LAW_ONLY, RoadTravel
from collector.rounds.events.monitoring import RoundOnTheRoad, on_the_road
from collector.rounds.models import DayPlan, Incident, IncidentKind, Round
from collector.rounds.publication import Snapshot
from collector.rounds.queries import first_revisions
from collector.service_day import ServiceDay
from collector.shifts.duty import during_shift
from collector.shifts.models import Absence
from collector.shifts.queries import absences_on

SILENT = timedelta(minutes=45)
"""Time without an event after which a round is silent; a phone with a signal polls every half
minute."""
DEPARTURE_GRACE = timedelta(minutes=15)
"""Time after its planned departure at which a round without an event is silent."""


class SiteClosing(NamedTuple):
    """The name of a site, and the instant at which it closes."""

    site: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundDispatch:
    """One round on the road.

    Attributes
    ----------
    contact
        The latest contact of its collector's phone.
    told_anew
        A later revision changed it, and its collector has not seen that.
    absences
        The absences of its collector or vehicle during the shift.
    foresight
        The chances of its rest; None before a publication and after its end.
    alarm
        The days in a hundred below which a chance raises an alarm.
    emptying
        The emptying on the way that would save its clocks.
    """

    told: RoundOnTheRoad
    course: RoundEta | None
    clocks: tuple[BoxClock, ...]
    contact: datetime | None
    silent: bool
    told_anew: bool
    absences: tuple[Absence, ...]
    foresight: RoundForesight | None = None
    alarm: int = 0
    emptying: Emptying | None = None
    closing: SiteClosing | None = None
    """The closing of its last site before it is back, if it is expected after that."""

    @property
    def round(self) -> Round:
        """The row of the round."""
        return self.told.round

    @property
    def letter(self) -> str:
        """The letter of the round."""
        return self.told.round.letter

    @property
    def doors(self) -> tuple[StopEta, ...]:
        """Its stops with actual and expected times."""
        return self.course.doors if self.course else ()

    @property
    def done(self) -> int:
        """Number of stops that are over."""
        return sum(door.past for door in self.doors)

    @property
    def next(self) -> StopEta | None:
        """The next stop."""
        ahead = self.course.open_stops if self.course else ()
        return ahead[0] if ahead else None

    def expected(self, door: StopEta) -> StopForesight | None:
        """Return the expected arrival at a stop ahead, with its chance."""
        if self.foresight is None or not door.ahead:
            return None
        return self.foresight.stops.get(door.pickup_id)

    def is_at_risk(self, door: StopEta) -> bool:
        """Return whether the promise of a stop ahead is kept on fewer days than the alarm."""
        found = self.expected(door)
        if found is not None:
            return found.chance < self.alarm
        return door.ahead and door.late_by > timedelta()

    @property
    def is_cold_at_risk(self) -> bool:
        """Whether its containers stay within their limits on fewer days than the alarm."""
        return self.foresight is not None and self.foresight.cold < self.alarm

    def tone(self, clock: BoxClock) -> str:
        """Return the severity of a box: `late`, `close`, or empty."""
        if clock.is_late:
            return "late"
        return "close" if self.is_cold_at_risk else ""

    @property
    def open_incidents(self) -> tuple[Incident, ...]:
        """Its undecided incidents; a remark for the office waits in the inbox."""
        return tuple(
            each
            for each, _ in self.told.incidents
            if each.decision is None and each.kind is not IncidentKind.REMARK
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchView:
    """The dispatch of a day."""

    day: date
    plan: DayPlan | None
    rounds: tuple[RoundDispatch, ...]
    pickups: Mapping[int, Pickup]
    now: datetime
    roads: RoadTravel = LAW_ONLY

    @property
    def visits(self) -> int:
        """Number of promised visits."""
        return sum(len(each.doors) for each in self.rounds)

    @property
    def done(self) -> int:
        """Number of visits that are over."""
        return sum(each.done for each in self.rounds)

    @property
    def at_risk(self) -> list[tuple[RoundDispatch, StopEta]]:
        """The promises that may be broken, the latest first."""
        found = [
            (each, door) for each in self.rounds for door in each.doors if each.is_at_risk(door)
        ]
        return sorted(found, key=lambda pair: pair[1].late_by, reverse=True)

    @property
    def at_risk_by_round(self) -> list[tuple[RoundDispatch, list[StopEta]]]:
        """The promises at risk by round: a late round is one point to look at, not a dozen."""
        found: dict[str, tuple[RoundDispatch, list[StopEta]]] = {}
        for each, door in self.at_risk:
            found.setdefault(each.letter, (each, []))[1].append(door)
        return list(found.values())

    @property
    def tight(self) -> list[tuple[RoundDispatch, BoxClock]]:
        """The boxes that are expected at the freezer after their limit."""
        return [(each, clock) for each in self.rounds for clock in each.clocks if clock.is_late]

    @property
    def unsure(self) -> list[RoundDispatch]:
        """The rounds whose clocks hold on fewer days than the alarm, though none is late yet."""
        late = {each.letter for each, _ in self.tight}
        return [each for each in self.rounds if each.is_cold_at_risk and each.letter not in late]

    @property
    def endangered(self) -> list[RoundDispatch]:
        """The rounds with a promise or a clock at risk and a visit ahead."""
        found = {each.letter for each, _ in (*self.at_risk, *self.tight)}
        found |= {each.letter for each in self.unsure}
        return [each for each in self.rounds if each.letter in found and each.next]

    @property
    def silent(self) -> list[RoundDispatch]:
        """The silent rounds."""
        return [each for each in self.rounds if each.silent]

    @property
    def unseen(self) -> list[RoundDispatch]:
        """The rounds with a revision that the collector has not seen."""
        return [each for each in self.rounds if each.told_anew]

    @property
    def incidents(self) -> list[tuple[RoundDispatch, Incident]]:
        """The undecided incidents."""
        return [(each, incident) for each in self.rounds for incident in each.open_incidents]

    @property
    def calm(self) -> bool:
        """Whether there is no open point."""
        return not (
            self.at_risk
            or self.tight
            or self.unsure
            or self.silent
            or self.unseen
            or self.incidents
        )


def load_dispatch_view(
    session: Session, plan: DayPlan | None, *, bank_id: int, day: date, now: datetime
) -> DispatchView:
    """Load the dispatch of a day."""
    policies, zone = policies_of(session, bank_id), get_bank(session, bank_id).zone
    absences = absences_on(session, bank_id=bank_id, day=day)
    monitored = on_the_road(session, bank_id=bank_id, day=day)
    stops = [stop for round_ in plan.rounds for stop in round_.stops] if plan else []
    first = first_revisions(session, plan) if plan else {}
    carried = containers_aboard(
        session, bank_id=bank_id, pickups=[stop.pickup_id for stop in stops]
    )
    donors = [stop.pickup for stop in stops]
    roads = load_day_travel(session, plan, donors) if plan else LAW_ONLY
    closings = _closings(session, ServiceDay(day, zone), bank_id)
    rounds = [
        _round(
            each,
            carried,
            policies,
            now,
            first=first.get(each.round.id),
            absences=during_shift(each.round.shift, absences, zone),
            roads=roads,
            closings=closings,
        )
        for each in monitored
    ]
    return DispatchView(
        day=day,
        plan=plan,
        rounds=_foretold(session, plan, rounds, policies, now),
        pickups={stop.pickup_id: stop.pickup for stop in stops},
        now=now,
        roads=roads,
    )


def _foretold(
    session: Session,
    plan: DayPlan | None,
    rounds: Sequence[RoundDispatch],
    policies: Policies,
    now: datetime,
) -> tuple[RoundDispatch, ...]:
    """Return the rounds with the chances of their rest, and an emptying for clocks at risk."""
    if plan is None or all(each.course is None or each.course.home for each in rounds):
        return tuple(rounds)
    driven = load_driven_day(session, plan, now=now)
    found, alarm = foresight_of(driven, plan), policies[PolicyKey.ALARM_PERCENT]
    foretold = [replace(each, foresight=found.get(each.round.id), alarm=alarm) for each in rounds]
    return tuple(
        replace(each, emptying=best_emptying(driven, str(each.round.shift_id)))
        if each.is_cold_at_risk
        else each
        for each in foretold
    )


def _round(
    monitored: RoundOnTheRoad,
    carried: Mapping[int, list[Container]],
    policies: Policies,
    now: datetime,
    *,
    first: int | None,
    absences: Sequence[Absence],
    roads: RoadTravel,
    closings: Mapping[str, datetime],
) -> RoundDispatch:
    published = monitored.round.published
    found = (
        estimate_round(
            published,
            monitored.progress,
            now=now,
            roads=roads,
            collector_id=monitored.round.shift.collector_id,
        )
        if published
        else None
    )
    contact = max(_contacts(monitored), default=None)
    is_absent = any(each.begins_at <= now < each.ends_at for each in absences)
    return RoundDispatch(
        told=monitored,
        course=found,
        clocks=box_clocks(found, carried, policies) if found else (),
        contact=contact,
        silent=found is not None
        and not is_absent
        and _is_silent(monitored.round, found, contact, now),
        told_anew=not monitored.seen and monitored.round.revision != first,
        absences=tuple(absences),
        closing=_closing(published, found, closings),
    )


def _closings(session: Session, day: ServiceDay, bank_id: int) -> dict[str, datetime]:
    """Return the closing of each site with opening hours on a day, by its name.

    A site that is closed for the whole day closes at its begin.
    """
    weekday = str(day.day.isoweekday())
    return {
        site.name: day.instant(site.closes if weekday in (site.weekdays or [weekday]) else time())
        for site in sites_of(session, bank_id)
        if site.closes is not None
    }


def _closing(
    published: Snapshot | None, found: RoundEta | None, closings: Mapping[str, datetime]
) -> SiteClosing | None:
    if published is None or found is None or found.home:
        return None
    site = published["end"]["name"]
    at = closings.get(site)
    return SiteClosing(site, at) if at is not None and found.returns_at > at else None


def _is_silent(round_: Round, found: RoundEta, contact: datetime | None, now: datetime) -> bool:
    """Return whether a round on the road has sent nothing for too long."""
    planned = round_.departs_at
    if found.home or not found.doors or planned is None:
        return False
    since = contact if found.started and contact is not None else planned + DEPARTURE_GRACE - SILENT
    return now - since > SILENT


def _contacts(monitored: RoundOnTheRoad) -> Iterator[datetime]:
    if monitored.last_event_at is not None:
        yield monitored.last_event_at
    yield from (device.seen_at for device in monitored.devices if device.revoked_at is None)
