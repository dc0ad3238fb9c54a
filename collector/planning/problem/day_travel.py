"""Travel between the sites and the doors of a day."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from collector.pickups.models import Pickup
from collector.roads.travel import RoadTravel, load_travel
from collector.rounds.models import DayPlan


def load_day_travel(session: Session, plan: DayPlan, pickups: Iterable[Pickup]) -> RoadTravel:
    """Load the travel between the sites of a day's rounds and the addresses of its requests."""
    shifts = [round_.shift for round_ in plan.rounds]
    sites = [site for shift in shifts for site in (shift.start_site, shift.end_site)]
    doors = [pickup.donor.address_on(plan.day).position for pickup in pickups]
    positions = [(site.latitude, site.longitude) for site in sites]
    positions += [(door.latitude, door.longitude) for door in doors if door is not None]
    return load_travel(session, positions)
