"""The French national address base, Base Adresse Nationale, as a geocoder."""

from collections.abc import Callable
from typing import Any

from geopy.adapters import BaseAdapter
from geopy.exc import GeocoderServiceError
from geopy.geocoders import BANFrance

from collector.errors import Refused
from collector.places.geocoding import BAN, GeocodedPosition

DOMAIN = "data.geopf.fr/geocodage"
"""Present host of the Base Adresse Nationale; geopy has its former one."""

LEAST_SCORE = 0.5
"""Score below which an answer is a guess, from 0 to 1; a coordinator sets the position instead."""

ANSWERS_WITHIN_SECONDS = 5


class BanGeocoder:
    """The French national address base; it receives the address without the name."""

    def __init__(self, adapter: Callable[..., BaseAdapter] | None = None) -> None:
        self._service = BANFrance(
            domain=DOMAIN,
            timeout=ANSWERS_WITHIN_SECONDS,
            user_agent="milkround",
            adapter_factory=adapter,
        )

    def geocode(self, *, line: str, postcode: str, town: str) -> GeocodedPosition | None:
        """Return the best answer, if its score is at least `LEAST_SCORE`.

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
        return GeocodedPosition(
            latitude=float(location.latitude),
            longitude=float(location.longitude),
            score=score,
            provider=BAN,
        )


def _score(answer: dict[str, Any]) -> float:
    return float(answer.get("properties", {}).get("score", 0.0))
