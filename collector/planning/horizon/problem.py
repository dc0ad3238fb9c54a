"""The multi-day problem of the coming weeks, with shifts on many days.

- A due donor is a visit with a window on each day that fits. The day of her full freezer is a due
  instant with a cost per hour; the last day of her milk is a deadline.
- Agreed requests are visits with their own windows.
- A donor is wished to be visited by the collector of her last visit, at the bank's price.
- Stops of a shift above twice its even share cost a little, so that the work is spread.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.policies import Policies, PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.pickups.models import MilkLine, Pickup, PickupWindow, Purpose
from collector.pickups.purposes import purposes_for
from collector.pickups.states import AGREED
from collector.places.models import Address
from collector.planning.horizon.due_dates import DueDonor, Levers, bank_levers, horizon_candidates
from collector.planning.models import Horizon
from collector.planning.problem.build import (
    BLOOD,
    BLOOD_PURPOSES,
    CAR,
    DIMENSIONS,
    PENALTY,
    breaks,
    service_seconds,
    site_place,
)
from collector.planning.problem.continuity import (
    planner_collector,
    usual_collectors_of_donors,
    with_usual_collectors,
)
from collector.planning.problem.day_travel import pace_of
from collector.planning.problem.ride_limits import ride_limits
from collector.roads.learned import LearnedTimes, load_learned
from collector.roads.travel import LAW_ONLY, RoadTravel, load_travel
from collector.rounds.queries import OF_A_PICKUP
from collector.service_day import ServiceDay
from collector.shifts.duty import Duty
from collector.shifts.models import RosterShift
from collector.shifts.queries import duties_between
from routing.problem import Balance, Measure, Place, Problem, Visit, Window
from routing.problem import Shift as PlannerShift
from routing.units import Cents, Seconds

MOST_WEEKS = 4
CENTS_PER_HOUR_LATE = 25
"""Cents per hour with a full freezer, six euros per day: Milkround's own starting value."""
CENTS_PER_STOP_ABOVE = 300
FEW_STOPS = 6
"""Least number of stops from which a round counts as full, in a month with little work."""
AGREED_PENALTY = 4 * PENALTY
DONOR, REQUEST = "donor:", "pickup:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """Rows from which the problem of some weeks is built.

    Attributes
    ----------
    usual_collectors
        The collector of the donor's last visit by donor; empty if the bank has no such wish.
    """

    first: ServiceDay
    last: date
    policies: Policies
    duties: tuple[Duty, ...]
    candidates: tuple[DueDonor, ...]
    agreed: tuple[Pickup, ...]
    roads: RoadTravel = LAW_ONLY
    usual_collectors: Mapping[int, int] = field(default_factory=dict)

    @property
    def learned(self) -> LearnedTimes:
        """The learned times of the bank."""
        return self.roads.pace.learned

    @property
    def shifts(self) -> list[RosterShift]:
        """The shifts on duty."""
        return [duty.shift for duty in self.duties]

    @property
    def driven(self) -> list[date]:
        """The days with shifts on duty."""
        return sorted({shift.day for shift in self.shifts})

    def seconds(self, day: date, wall: time) -> Seconds:
        """Return a civil time in the planner's seconds."""
        instant = ServiceDay(day, self.first.zone).instant(wall)
        return Seconds(self.first.seconds(instant))


def load_weeks(
    session: Session, *, now: datetime, bank_id: int, weeks: int, levers: Levers
) -> Weeks:
    """Load due donors, agreed requests and shifts, from tomorrow on."""
    zone = get_bank(session, bank_id).zone
    first = ServiceDay.of(now, zone).day + timedelta(days=1)
    last = first + timedelta(days=7 * min(max(weeks, 1), MOST_WEEKS) - 1)
    duties = duties_between(session, bank_id=bank_id, first=first, last=last)
    driven = sorted({duty.shift.day for duty in duties})
    found = Weeks(
        first=ServiceDay(first, zone),
        last=last,
        policies=policies_of(session, bank_id, on=first),
        duties=tuple(duties),
        candidates=tuple(
            horizon_candidates(
                session, bank_id=bank_id, now=now, driven=driven, last=last, levers=levers
            )
        ),
        agreed=tuple(_agreed(session, bank_id, first, last)),
    )
    donors = {each.donor.id for each in found.candidates}
    donors |= {pickup.donor_id for pickup in found.agreed}
    usual = usual_collectors_of_donors(session, donors, found.policies, before=first)
    learned = load_learned(session, bank_id=bank_id, zone=zone, day=first)
    travel = load_travel(session, _places(found)[1], learned)
    # All days share one matrix, at the pace of a weekday.
    pace = pace_of(learned, saturday=False, doors=_doors(found))
    return replace(found, roads=replace(travel, pace=pace), usual_collectors=usual)


def reload_weeks(
    session: Session, horizon: Horizon, *, now: datetime, levers: Levers | None = None
) -> Weeks:
    """Load the weeks of a horizon as they are now, with its levers or others."""
    weeks = -(-((horizon.last - horizon.first).days + 1) // 7)
    used = levers or levers_of(session, horizon)
    return load_weeks(session, now=now, bank_id=horizon.bank_id, weeks=weeks, levers=used)


def levers_of(session: Session, horizon: Horizon) -> Levers:
    """Return the levers of a horizon; whether its zones keep their weekdays is a dated rule."""
    dated = bank_levers(session, horizon.bank_id, on=horizon.first)
    return replace(dated, minimum_ml=horizon.minimum_ml, radius_km=horizon.radius_km)


def build_weeks_problem(weeks: Weeks) -> Problem:
    """Build the planner's problem of some weeks."""
    places, points = _places(weeks)
    shifts = tuple(_shift(weeks, duty) for duty in weeks.duties)
    visits = with_usual_collectors(
        (*_due_visits(weeks), *_agreed_visits(weeks)), shifts, _usual(weeks), weeks.policies
    )
    share = max(FEW_STOPS, -(-2 * len(visits) // max(1, len(shifts))))
    return Problem(
        dimensions=DIMENSIONS,
        places=tuple(places),
        travel={CAR: weeks.roads.between(points)},
        shifts=shifts,
        visits=tuple(visits),
        balances=(
            Balance(
                measure=Measure.STOPS,
                shifts=frozenset(shift.id for shift in shifts),
                share=share,
                cents=CENTS_PER_STOP_ABOVE,
            ),
        ),
    )


def _usual(weeks: Weeks) -> dict[str, int]:
    """Return the usual collectors by the names of the visits."""
    donors = {f"{DONOR}{each.donor.id}": each.donor.id for each in weeks.candidates}
    donors |= {f"{REQUEST}{pickup.id}": pickup.donor_id for pickup in weeks.agreed}
    known = weeks.usual_collectors
    return {name: known[donor] for name, donor in donors.items() if donor in known}


def _agreed(session: Session, bank_id: int, first: date, last: date) -> list[Pickup]:
    inside = Pickup.windows.any((PickupWindow.day >= first) & (PickupWindow.day <= last))
    rows = session.scalars(
        select(Pickup)
        .where(Pickup.bank_id == bank_id, Pickup.state.in_(AGREED), inside)
        .options(*OF_A_PICKUP)
        .order_by(Pickup.id)
    )
    return [row for row in rows if _address(row).position is not None]


def _address(pickup: Pickup) -> Address:
    """Return the address of an agreed visit, that of the first of its days."""
    return pickup.donor.address_on(pickup.windows[0].day)


def _due_visits(weeks: Weeks) -> Iterator[Visit]:
    for each in weeks.candidates:
        if not each.days:
            continue
        forecast = each.due.forecast
        purposes = purposes_for(each.donor, days=each.days[-1:], policies=weeks.policies)
        late = max(each.days)
        urgency = _urgency(each, purposes, weeks.policies)
        yield Visit(
            id=f"{DONOR}{each.donor.id}",
            place=f"address:{each.donor.address_id}",
            windows=tuple(_window(weeks, day, *each.hours) for day in each.days),
            service=Seconds(
                round(
                    60
                    * _minutes(purposes, weeks.policies)
                    * weeks.learned.door(purposes, each.donor.id)
                )
            ),
            load={"bottles": each.bottles(late), "ml": each.volume_ml(late)},
            ride_limits=ride_limits(purposes, weeks.policies),
            skills=frozenset({BLOOD}) if set(purposes) & BLOOD_PURPOSES else frozenset(),
            due=weeks.seconds(each.due_on, time.max) if forecast.comes_by else None,
            cents_per_hour_late=urgent(CENTS_PER_HOUR_LATE, urgency),
            penalty=Cents(urgent(PENALTY, urgency)),
        )


def urgent(cents: int, percent: int) -> int:
    """Return cents under the urgency of the stock, in percent, rounded half up."""
    return (cents * percent + 50) // 100


def _urgency(each: DueDonor, purposes: Sequence[Purpose], policies: Policies) -> int:
    """Return the urgency of a visit in percent: the stock concerns donated milk alone.

    Even at the most, three times, a visit for milk costs less than an agreed request.
    """
    gift = set(purposes) == {Purpose.COLLECTION} and each.due.line is MilkLine.DONATED
    return policies[PolicyKey.MILK_URGENCY_PERCENT] if gift else 100


def _minutes(purposes: Sequence[Purpose], policies: Policies) -> int:
    found = policies[PolicyKey.COLLECTION_MINUTES]
    if Purpose.BLOOD_SAMPLE in purposes:
        found += policies[PolicyKey.BLOOD_MINUTES]
    return found


def _window(weeks: Weeks, day: date, opens: time, closes: time) -> Window:
    earliest = weeks.seconds(day, opens)
    return Window(earliest=earliest, latest=Seconds(max(earliest, weeks.seconds(day, closes))))


def _agreed_visits(weeks: Weeks) -> Iterator[Visit]:
    driven = set(weeks.driven)
    for pickup in weeks.agreed:
        windows = _windows(weeks, pickup, driven)
        if not windows:
            continue
        purposes = {Purpose(purpose) for purpose in pickup.purposes}
        milk = Purpose.COLLECTION in purposes
        yield Visit(
            id=f"{REQUEST}{pickup.id}",
            place=f"address:{_address(pickup).id}",
            windows=windows,
            service=Seconds(service_seconds(pickup, weeks.policies, weeks.learned)),
            load={"bottles": pickup.bottles, "ml": pickup.volume_ml} if milk else {},
            ride_limits=ride_limits(purposes, weeks.policies),
            skills=frozenset({BLOOD}) if purposes & BLOOD_PURPOSES else frozenset(),
            penalty=Cents(AGREED_PENALTY),
        )


def _windows(weeks: Weeks, pickup: Pickup, driven: set[date]) -> tuple[Window, ...]:
    """Return a request's windows on days with shifts, ascending and disjoint."""
    found: list[Window] = []
    for window in pickup.windows:
        if window.day not in driven:
            continue
        one = _window(weeks, window.day, window.opens, window.closes)
        if found and one.earliest <= found[-1].latest:
            latest = Seconds(max(one.latest, found[-1].latest))
            found[-1] = Window(earliest=found[-1].earliest, latest=latest)
        else:
            found.append(one)
    return tuple(found)


def _shift(weeks: Weeks, duty: Duty) -> PlannerShift:
    shift = duty.shift
    return PlannerShift(
        id=str(shift.id),
        collector=planner_collector(shift.collector_id),
        start=site_place(shift.start_site),
        ends=(site_place(shift.end_site),),
        window=Window(
            earliest=Seconds(weeks.first.seconds(duty.begins)),
            latest=Seconds(weeks.first.seconds(duty.ends)),
        ),
        capacity={
            "bottles": shift.capacity_bottles,
            "ml": shift.capacity_ml,
            "tubes": shift.capacity_tubes,
        },
        skills=frozenset(shift.skills),
        fixed_cost=Cents(shift.fixed_cents),
        cents_per_km=shift.cents_per_km,
        cents_per_hour=shift.cents_per_hour,
        breaks=breaks(duty, weeks.first),
        profile=CAR,
    )


def _places(weeks: Weeks) -> tuple[list[Place], list[tuple[float, float]]]:
    found: dict[str, Place] = {}
    for shift in weeks.shifts:
        for site in (shift.start_site, shift.end_site):
            found[site_place(site)] = Place(
                id=site_place(site),
                latitude=site.latitude,
                longitude=site.longitude,
                receives=site.receives,
            )
    for address in _doors(weeks):
        position = address.position
        if position is not None:
            name = f"address:{address.id}"
            found[name] = Place(id=name, latitude=position.latitude, longitude=position.longitude)
    places = list(found.values())
    return places, [(place.latitude or 0.0, place.longitude or 0.0) for place in places]


def _doors(weeks: Weeks) -> list[Address]:
    """Return the addresses of the visits."""
    homes = [each.donor.address for each in weeks.candidates if each.days]
    return [*homes, *(_address(pickup) for pickup in weeks.agreed)]
