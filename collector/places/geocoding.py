"""Geocoding of addresses by an external service, if the operator has chosen one.

A geocoder is called between transactions, never inside one: its answer may take seconds.
"""

from dataclasses import dataclass
from typing import Protocol

BAN = "ban"


@dataclass(frozen=True, slots=True, kw_only=True)
class GeocodedPosition:
    """A service's position of an address, with its certainty from 0 to 1."""

    latitude: float
    longitude: float
    score: float
    provider: str


class Geocoder(Protocol):
    """A service that finds the position of an address."""

    def geocode(self, *, line: str, postcode: str, town: str) -> GeocodedPosition | None:
        """Return the position of an address, or None if the service is not certain."""
        ...


class NoGeocoder:
    """No service: a coordinator sets every position."""

    def geocode(self, *, line: str, postcode: str, town: str) -> GeocodedPosition | None:  # noqa: ARG002
        """Return None."""
        return None


def geocoder_named(name: str) -> Geocoder:
    """Return the geocoder of the settings: `none` or `ban`."""
    if name != BAN:
        return NoGeocoder()
    from collector.places.ban import BanGeocoder  # noqa: PLC0415 - geopy loads fifty geocoders

    return BanGeocoder()
