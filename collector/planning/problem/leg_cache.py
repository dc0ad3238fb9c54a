"""The cache of legs between the doors of open requests and the sites of a bank."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank, sites_of
from collector.donors.models import Donor
from collector.pickups.models import Pickup
from collector.pickups.states import OPEN, UNDER_WAY
from collector.places.models import Position
from collector.roads.actions import NewLegs, compute_legs, missing_legs, snap_missing, write_legs
from collector.roads.learned import LearnedTimes, load_learned
from collector.roads.travel import FARTHEST_FROM_ROAD, load_travel

MOST_DOORS = 1_000
"""Doors whose legs are computed ahead; those of the newest requests of a larger bank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegsKnown:
    """How many legs between a bank's open doors and sites the cache holds."""

    cached: int
    total: int

    @property
    def percent(self) -> int:
        """Cached legs of a hundred, rounded down; 100 without any leg."""
        return 100 * self.cached // self.total if self.total else 100


@dataclass(slots=True, kw_only=True)
class LegFilling:
    """Legs that a bank lacks: computed from a reading, then written in a transaction."""

    bank_id: int
    new: NewLegs | None = None

    def is_due(self, session: Session) -> bool:
        """Compute the missing legs, and return whether a row must be written."""
        positions = open_positions(session, self.bank_id)
        travel = load_travel(session, positions, _learned(session, self.bank_id))
        if travel.roads is None:
            return False
        self.new = compute_legs(travel, positions)
        return self.new is not None or travel.lacks_points(positions)

    def run(self, session: Session) -> None:
        """Write the missing points and the computed legs."""
        snap_missing(session, open_positions(session, self.bank_id))
        if self.new is not None:
            write_legs(session, self.new)


def legs_known(session: Session, bank_id: int) -> LegsKnown | None:
    """Return how many legs of a bank are cached; None without a region."""
    positions = open_positions(session, bank_id)
    travel = load_travel(session, positions, _learned(session, bank_id))
    if travel.roads is None:
        return None
    points = [travel.point(each) for each in positions]
    keys = {point.key for point in points if point and point.away <= FARTHEST_FROM_ROAD}
    total = len(keys) ** 2
    return LegsKnown(cached=total - missing_legs(travel, tuple(keys)), total=total)


def _learned(session: Session, bank_id: int) -> LearnedTimes:
    return load_learned(session, bank_id=bank_id, zone=get_bank(session, bank_id).zone)


def open_positions(session: Session, bank_id: int) -> list[tuple[float, float]]:
    """Return the positions of a bank's sites, and of the doors of its open requests."""
    newest = func.max(Pickup.id)
    doors = session.execute(
        select(Position.latitude, Position.longitude, newest)
        .join(Donor, Donor.address_id == Position.address_id)
        .join(Pickup, Pickup.donor_id == Donor.id)
        .where(Pickup.bank_id == bank_id, Pickup.state.in_(OPEN | UNDER_WAY))
        .group_by(Position.latitude, Position.longitude)
        .order_by(newest.desc())
        .limit(MOST_DOORS)
    )
    sites = [(site.latitude, site.longitude) for site in sites_of(session, bank_id)]
    return [*sites, *((latitude, longitude) for latitude, longitude, _ in doors)]
