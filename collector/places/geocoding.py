"""Asking a service where an address lies; nothing leaves the house unless the bank wants it.

A geocoder is asked between transactions, never inside one: it may take seconds to answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from geopy.adapters import BaseAdapter
from geopy.exc import GeocoderServiceError
from geopy.geocoders import BANFrance

from collector.errors import Refused

BAN = "ban"
BAN_DOMAIN = "data.geopf.fr/geocodage"
"""Where the Base Adresse Nationale answers now; geopy still knows its former address."""

LEAST_SCORE = 0.5
"""Below it the service has guessed: a coordinator looks instead."""

ANSWERS_WITHIN_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where a service says an address lies, and how sure it is, from 0 to 1."""

    latitude: float
    longitude: float
    score: float
    provider: str


class Geocoder(Protocol):
    """Anything that may know where an address lies."""

    def find(self, *, line: str, postcode: str, town: str) -> Found | None:
        """Return where an address lies, or None where nobody is sure."""
        ...


class NoGeocoder:
    """Asks nobody: every address waits for a coordinator."""

    def find(self, *, line: str, postcode: str, town: str) -> Found | None:  # noqa: ARG002
        """Return None."""
        return None


class BanGeocoder:
    """The French national address base; it is sent the address, and never whose it is."""

    def __init__(self, adapter: Callable[..., BaseAdapter] | None = None) -> None:
        self._service = BANFrance(
            domain=BAN_DOMAIN,
            timeout=ANSWERS_WITHIN_SECONDS,
            user_agent="milkround",
            adapter_factory=adapter,
        )

    def find(self, *, line: str, postcode: str, town: str) -> Found | None:
        """Return the best answer, if the service is sure enough of it.

        Raises
        ------
        Refused
            The service does not answer: `geocoder_away`.
        """
        try:
            location = self._service.geocode(f"{line} {postcode} {town}", limit=1)
        except GeocoderServiceError as away:
            raise Refused("geocoder_away") from away
        if location is None:
            return None
        score = _score(location.raw)
        if score < LEAST_SCORE:
            return None
        return Found(
            latitude=float(location.latitude),
            longitude=float(location.longitude),
            score=score,
            provider=BAN,
        )


def geocoder_named(name: str) -> Geocoder:
    """Return the geocoder of the settings: `none` or `ban`."""
    return BanGeocoder() if name == BAN else NoGeocoder()


def _score(answer: dict[str, Any]) -> float:
    return float(answer.get("properties", {}).get("score", 0.0))
