"""Distances by air between a donor and the sites of her bank."""

from collections.abc import Sequence

from collector.banks.models import Site
from collector.donors.models import Donor
from routing.travel.law import great_circle

METRES_PER_KM = 1000


def distance_km(donor: Donor, sites: Sequence[Site]) -> int:
    """Return how far she lives from the nearest place where rounds begin or end, by air."""
    position = donor.address.position
    if position is None or not sites:
        return 0
    points = [(position.latitude, position.longitude)]
    points += [(site.latitude, site.longitude) for site in sites]
    return round(float(min(great_circle(points)[0][1:])) / METRES_PER_KM)
