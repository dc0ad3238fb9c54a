"""Travel between the sites and the doors of a day, at the pace that the bank has learned."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.orm import Session

from collector.banks.models import Site
from collector.banks.queries import get_bank
from collector.pickups.models import Pickup
from collector.places.models import Address
from collector.roads.learned import SATURDAY, LearnedTimes, load_learned
from collector.roads.travel import Pace, RoadTravel, load_travel
from collector.rounds.models import DayPlan
from routing.travel.source import position_key


def load_day_travel(
    session: Session, plan: DayPlan, pickups: Iterable[Pickup], freezers: Iterable[Site] = ()
) -> RoadTravel:
    """Load the travel between the sites of a day's rounds and the addresses of its requests.

    Parameters
    ----------
    freezers
        Further sites, at which boxes may be emptied on the way.
    """
    shifts = [round_.shift for round_ in plan.rounds]
    sites = [site for shift in shifts for site in (shift.start_site, shift.end_site)]
    sites += freezers
    doors = [
        address for pickup in pickups if (address := pickup.donor.address_on(plan.day)).position
    ]
    positions = [(site.latitude, site.longitude) for site in sites]
    positions += [(at.latitude, at.longitude) for each in doors if (at := each.position)]
    zone = get_bank(session, plan.bank_id).zone
    learned = load_learned(session, bank_id=plan.bank_id, zone=zone, day=plan.day)
    travel = load_travel(session, positions, learned)
    saturday = plan.day.isoweekday() >= SATURDAY
    return replace(travel, pace=pace_of(learned, saturday=saturday, doors=doors))


def pace_of(learned: LearnedTimes, *, saturday: bool, doors: Iterable[Address]) -> Pace:
    """Return the pace of a day's travel to doors, from the times that the bank has learned."""
    sectors = {
        position_key(at.latitude, at.longitude): learned.sector(each.postcode)
        for each in doors
        if (at := each.position)
    }
    return Pace(learned=learned, whole_day=learned.whole_day(saturday=saturday), sectors=sectors)
