"""Distances by air between an address and the sites of her bank."""

from collections.abc import Sequence

from collector.banks.models import Site
from collector.places.models import Address
from routing.travel.law import great_circle

METRES_PER_KM = 1000


def distance_km(address: Address, sites: Sequence[Site]) -> int:
    """Return the distance of an address from the nearest site of rounds, by air."""
    position = address.position
    if position is None or not sites:
        return 0
    points = [(position.latitude, position.longitude)]
    points += [(site.latitude, site.longitude) for site in sites]
    return round(float(min(great_circle(points)[0][1:])) / METRES_PER_KM)
