"""The immutable planning problem of a day, built from the rows of a bank.

Decisions that the rows leave open:

- A round that has *started* is history: neither its shift nor its stops are in the problem, so
  no plan changes them.
- A shift is in the problem with its hours on duty and its break. Without any hours it is not in
  the problem, and the visits of its round are unassigned.
- A problem has a shift. If no round can be changed, the day's shifts are in it without a visit.
- Service minutes add up over the purposes of a visit; the minutes of a first visit cover
  everything done on it.
- One blood sample counts as one *tube* of a shift's capacity: no source gives the number of
  tubes per sample.
- A physician, a midwife or a nurse holds interviews and draws blood: both purposes require the
  skill `blood` of the shift.
- Penalties are Milkround's own starting values. The base is above the longest drive that a bank
  makes for one donor: 300 km at 40 ct and 5 h at 25 EUR are 245 EUR. Urgencies add to it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.models import Site
from collector.banks.policies import Policies, PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.donors.eligibility import serology_valid_until
from collector.pickups.flags import NEARLY, fetch_by
from collector.pickups.models import OF_MILK, MilkLine, Pickup, PickupState, Purpose
from collector.pickups.queries import requests_for_day
from collector.pickups.states import AGREED
from collector.planning.problem.continuity import (
    planner_collector,
    usual_collectors,
    with_usual_collectors,
)
from collector.planning.problem.day_travel import load_day_travel
from collector.planning.problem.door_minutes import door_seconds
from collector.planning.problem.levels import safety, service_spread, spreads
from collector.planning.problem.plannability import NotPlannable, not_plannable
from collector.planning.problem.ride_limits import ride_limits
from collector.planning.problem.time_windows import time_windows
from collector.roads.learned import NOTHING_LEARNED, LearnedTimes
from collector.roads.travel import LAW_ONLY, RoadTravel
from collector.rounds.models import NOT_STARTED, DayPlan, Round, RoundStop
from collector.rounds.queries import OF_A_PICKUP
from collector.service_day import ServiceDay
from collector.shifts.duty import Duty, break_of, duty_of, rostered, within_site_hours
from collector.shifts.models import Absence, RosterShift
from collector.shifts.queries import absences_on
from routing.problem import Break, Pin, Place, Problem, Visit, Window
from routing.problem import Shift as PlannerShift
from routing.units import Cents, Seconds

BLOOD = "blood"
CAR = "car"
DIMENSIONS = ("bottles", "ml", "tubes")

PENALTY = 50_000
PENALTY_FOR_OLD_MILK = 50_000
PENALTY_FOR_A_FULL_FREEZER = 25_000
PENALTY_FOR_SEROLOGY = 25_000
SEROLOGY_EXPIRES_SOON = timedelta(days=14)

BLOOD_PURPOSES = frozenset({Purpose.BLOOD_SAMPLE, Purpose.FIRST_INTERVIEW})


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFacts:
    """Rows of a day from which its problem is built.

    Attributes
    ----------
    rounds
        The rounds that a plan may change.
    pickups
        The requests that a plan of the day may hold, with all their rows loaded, by key.
    absences
        The absences that the problem respects.
    roads
        Travel between the places of the day.
    usual_collectors
        The collector of the donor's last visit by request; empty if the bank has no such wish.
    """

    service_day: ServiceDay
    policies: Policies
    plan: DayPlan
    rounds: tuple[Round, ...]
    pickups: Mapping[int, Pickup]
    absences: tuple[Absence, ...] = ()
    roads: RoadTravel = LAW_ONLY
    usual_collectors: Mapping[int, int] = field(default_factory=dict)

    @property
    def learned(self) -> LearnedTimes:
        """The learned times of the bank."""
        return self.roads.pace.learned

    @property
    def rounds_on_duty(self) -> tuple[Round, ...]:
        """The rounds of `rounds` with a collector and a vehicle on duty."""
        return tuple(round_ for round_ in self.rounds if self.duty(round_.shift) is not None)

    def duty(self, shift: RosterShift) -> Duty | None:
        """Return the hours on duty of a shift while its sites are open; None without any."""
        zone = self.service_day.zone
        duty = duty_of(shift, self.absences, zone)
        return within_site_hours(duty, zone) if duty is not None else None

    @property
    def stops(self) -> list[RoundStop]:
        """The stops of `rounds` with agreed visits."""
        return [
            stop
            for round_ in self.rounds
            for stop in round_.stops
            if stop.pickup_id in self.pickups
        ]

    def orders(self, problem: Problem) -> dict[str, list[str]]:
        """Return, per shift on duty, the visits of its round in the order of the rows."""
        in_problem = {visit.id for visit in problem.visits}
        return {
            str(round_.shift_id): [
                str(stop.pickup_id) for stop in round_.stops if str(stop.pickup_id) in in_problem
            ]
            for round_ in self.rounds_on_duty
        }

    def not_plannable(self, pickup: Pickup) -> NotPlannable | None:
        """Return the reason why a request cannot be planned on this day; None if it can."""
        return not_plannable(pickup, on=self.service_day.day, policies=self.policies)


def load_facts(session: Session, plan: DayPlan) -> DayFacts:
    """Load the rows of a day's problem; `rounds.queries.day_plan` loads the plan for it."""
    bank = get_bank(session, plan.bank_id)
    here = plan.placed
    history = {
        stop.pickup_id for round_ in plan.rounds if not is_open(round_) for stop in round_.stops
    }
    fitting = {pickup.id: pickup for pickup in requests_for_day(session, bank.id, plan.day)}
    missing = here - fitting.keys()
    if missing:
        rows = session.scalars(select(Pickup).where(Pickup.id.in_(missing)).options(*OF_A_PICKUP))
        fitting |= {pickup.id: pickup for pickup in rows}
    pickups = {
        key: pickup
        for key, pickup in sorted(fitting.items())
        if key not in history and _is_of_this_day(pickup, here)
    }
    policies = policies_of(session, bank.id, on=plan.day)
    return DayFacts(
        service_day=ServiceDay(plan.day, bank.zone),
        policies=policies,
        plan=plan,
        rounds=tuple(round_ for round_ in plan.rounds if is_open(round_)),
        pickups=pickups,
        usual_collectors=usual_collectors(session, pickups.values(), policies, before=plan.day),
        roads=load_day_travel(session, plan, pickups.values()),
        absences=tuple(absences_on(session, bank_id=bank.id, day=plan.day)),
    )


def load_written_facts(session: Session, plan: DayPlan) -> DayFacts:
    """Load the facts of a day as its rounds are written, started or not, without absences."""
    bank = get_bank(session, plan.bank_id)
    pickups = {stop.pickup_id: stop.pickup for round_ in plan.rounds for stop in round_.stops}
    return DayFacts(
        service_day=ServiceDay(plan.day, bank.zone),
        policies=policies_of(session, bank.id, on=plan.day),
        plan=plan,
        rounds=tuple(plan.rounds),
        pickups=pickups,
        roads=load_day_travel(session, plan, pickups.values()),
    )


def can_be_timed(pickup: Pickup, service_day: ServiceDay) -> bool:
    """Return whether a request has a window on the day and its address a position."""
    here = any(window.day == service_day.day for window in pickup.windows)
    return here and pickup.donor.address_on(service_day.day).position is not None


def is_open(round_: Round) -> bool:
    """Return whether a round may be changed: it has not started and no visit is reported."""
    done = (
        stop.pickup.state
        for stop in round_.stops
        if stop.pickup.state not in AGREED | {PickupState.ASKED, PickupState.CANCELLED}
    )
    return round_.state in NOT_STARTED and not any(done)


def plannable_pickups(facts: DayFacts) -> list[Pickup]:
    """Return the requests that are visits of this day.

    A request below the bank's minimum volume is a visit only if a coordinator has put it into a
    round by hand.
    """
    placed = {stop.pickup_id for stop in facts.stops}
    found = []
    for pickup in facts.pickups.values():
        why = facts.not_plannable(pickup)
        if why is None or (why is NotPlannable.BELOW_MINIMUM and pickup.id in placed):
            found.append(pickup)
    return found


def build_problem(
    facts: DayFacts, pickups: Iterable[Pickup], *, unpinned: Collection[int] = ()
) -> Problem:
    """Build the planner's problem of these requests and the rounds that may be changed.

    Parameters
    ----------
    pickups
        Each with a window on the day and a position.
    unpinned
        Requests without their pins, because the coordinator is moving them.
    """
    pickups = list(pickups)
    duties = {round_.id: duty for round_ in facts.rounds if (duty := facts.duty(round_.shift))}
    late = Seconds(60 * facts.policies[PolicyKey.LATE_START_MINUTES])
    shifts = [_shift(facts.service_day, duty, late) for duty in duties.values()]
    if not shifts:
        whole = (rostered(round_.shift, facts.service_day.zone) for round_ in facts.plan.rounds)
        shifts = [closed(_shift(facts.service_day, duty, late)) for duty in whole]
    places, positions = _places(facts, pickups)
    visits = [_visit(facts, pickup) for pickup in pickups]
    usual = {str(key): person for key, person in facts.usual_collectors.items()}
    visits = with_usual_collectors(visits, shifts, usual, facts.policies)
    in_problem = {visit.id for visit in visits}
    return Problem(
        dimensions=DIMENSIONS,
        places=tuple(places),
        travel={CAR: facts.roads.between(positions)},
        shifts=tuple(shifts),
        visits=tuple(visits),
        spreads=spreads(facts.policies, facts.learned),
        safety=safety(facts.policies),
        pins=tuple(
            Pin(visit=str(stop.pickup_id), shift=str(duties[stop.round_id].shift.id))
            for stop in facts.stops
            if stop.pinned and stop.round_id in duties
            if str(stop.pickup_id) in in_problem and stop.pickup_id not in unpinned
        ),
    )


def closed(shift: PlannerShift) -> PlannerShift:
    """Return a shift that serves no visit."""
    return replace(shift, max_stops=0)


def service_seconds(
    pickup: Pickup, policies: Policies, learned: LearnedTimes = NOTHING_LEARNED
) -> int:
    """Return the service time at the donor's address, in seconds."""
    seconds = door_seconds({Purpose(each) for each in pickup.purposes}, policies)
    return round(seconds * learned.door(pickup.purposes, pickup.donor_id))


def penalty(pickup: Pickup, *, on: date, policies: Policies) -> int:
    """Return the cost, in cents, of leaving a request unassigned on a day.

    It is higher if her freezer is nearly full, her milk nearly too old, or her serology about to
    expire. The urgency of the bank's stock multiplies that of a visit for donated milk alone.
    """
    found = PENALTY
    if pickup.freezer_nearly_full:
        found += PENALTY_FOR_A_FULL_FREEZER
    if pickup.oldest_on is not None and on > fetch_by(pickup.oldest_on, policies) - NEARLY:
        found += PENALTY_FOR_OLD_MILK
    until = serology_valid_until(pickup.donor)
    if until is not None and until - on <= SEROLOGY_EXPIRES_SOON:
        found += PENALTY_FOR_SEROLOGY
    gift = set(pickup.purposes) == {Purpose.COLLECTION} and pickup.line is not MilkLine.OWN_CHILD
    return found * policies[PolicyKey.MILK_URGENCY_PERCENT] // 100 if gift else found


def _is_of_this_day(pickup: Pickup, here: set[int]) -> bool:
    """Return whether a request belongs to this day.

    A visit with a place in a round belongs to the day of that round only.
    """
    return pickup.state is PickupState.ACCEPTED or (pickup.state in AGREED and pickup.id in here)


def _visit(facts: DayFacts, pickup: Pickup) -> Visit:
    policies, purposes = facts.policies, {Purpose(purpose) for purpose in pickup.purposes}
    milk, tube = bool(purposes & OF_MILK), Purpose.BLOOD_SAMPLE in purposes
    price = penalty(pickup, on=facts.service_day.day, policies=policies)
    return Visit(
        id=str(pickup.id),
        place=address_place(pickup, facts.service_day.day),
        windows=time_windows(pickup, facts.service_day),
        service=Seconds(service_seconds(pickup, policies, facts.learned)),
        load={
            "bottles": pickup.bottles if milk else 0,
            "ml": pickup.volume_ml if milk else 0,
            "tubes": int(tube),
        },
        ride_limits=ride_limits(purposes, policies),
        skills=frozenset({BLOOD}) if purposes & BLOOD_PURPOSES else frozenset(),
        penalty=Cents(price),
        service_spread=service_spread(purposes, policies, facts.learned),
        no_show=policies[PolicyKey.NO_SHOW_PERCENT],
    )


def _shift(service_day: ServiceDay, duty: Duty, late_start: Seconds) -> PlannerShift:
    shift = duty.shift
    begins, ends = service_day.seconds(duty.begins), service_day.seconds(duty.ends)
    return PlannerShift(
        id=str(shift.id),
        collector=planner_collector(shift.collector_id),
        start=site_place(shift.start_site),
        ends=(site_place(shift.end_site),),
        window=Window(earliest=Seconds(begins), latest=Seconds(ends)),
        capacity={
            "bottles": shift.capacity_bottles,
            "ml": shift.capacity_ml,
            "tubes": shift.capacity_tubes,
        },
        skills=frozenset(shift.skills),
        fixed_cost=Cents(shift.fixed_cents),
        cents_per_km=shift.cents_per_km,
        cents_per_hour=shift.cents_per_hour,
        breaks=breaks(duty, service_day),
        profile=CAR,
        late_start=late_start,
    )


def breaks(duty: Duty, service_day: ServiceDay) -> tuple[Break, ...]:
    """Return the break of a duty in seconds since a day's epoch; empty without one."""
    found = break_of(duty, service_day.zone)
    if found is None:
        return ()
    earliest, latest, long = found
    begin = Window(
        earliest=Seconds(service_day.seconds(earliest)),
        latest=Seconds(service_day.seconds(latest)),
    )
    return (Break(id="break", windows=(begin,), duration=Seconds(int(long.total_seconds()))),)


def _places(
    facts: DayFacts, pickups: Iterable[Pickup]
) -> tuple[list[Place], list[tuple[float, float]]]:
    found: dict[str, Place] = {}
    for site in _sites(facts):
        found[site_place(site)] = Place(
            id=site_place(site),
            latitude=site.latitude,
            longitude=site.longitude,
            receives=site.receives,
        )
    for pickup in pickups:
        position = pickup.donor.address_on(facts.service_day.day).position
        if position is not None:
            name = address_place(pickup, facts.service_day.day)
            found[name] = Place(id=name, latitude=position.latitude, longitude=position.longitude)
    places = list(found.values())
    return places, [(place.latitude or 0.0, place.longitude or 0.0) for place in places]


def _sites(facts: DayFacts) -> Iterator[Site]:
    for round_ in facts.rounds if facts.rounds_on_duty else facts.plan.rounds:
        yield round_.shift.start_site
        yield round_.shift.end_site


def site_place(site: Site) -> str:
    """Return the planner's name of a site."""
    return f"site:{site.id}"


def address_place(pickup: Pickup, day: date) -> str:
    """Return the planner's name of the address at which a donor is met on a day."""
    return f"address:{pickup.donor.address_on(day).id}"
