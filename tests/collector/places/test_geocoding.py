"""The geocoder: a certain answer, an uncertain one, none; and no network."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from geopy.adapters import BaseSyncAdapter
from geopy.exc import GeocoderTimedOut

from collector.errors import Refused
from collector.places.ban import BanGeocoder
from collector.places.geocoding import NoGeocoder, geocoder_named


class Answering(BaseSyncAdapter):
    """A service that answers every question alike and keeps what it heard."""

    def __init__(self, *, score: float = 0.9, nothing: bool = False, away: bool = False) -> None:
        super().__init__(proxies=None, ssl_context=None)
        self.score, self.nothing, self.away = score, nothing, away
        self.heard: list[str] = []

    def __call__(self, **_settings: object) -> Answering:
        return self

    def get_json(self, url: str, **_how: object) -> dict[str, object]:
        self.heard.append(url)
        if self.away:
            raise GeocoderTimedOut("too slow")
        feature = {
            "geometry": {"coordinates": [-0.5792, 44.8378]},
            "properties": {"label": "1 Rue du Port 33000 Bordeaux", "score": self.score},
        }
        return {"features": [] if self.nothing else [feature]}

    def get_text(self, url: str, **_how: object) -> str:
        raise NotImplementedError(url)


ADDRESS = {"line": "1 rue du Port", "postcode": "33000", "town": "Bordeaux"}


def test_a_sure_answer_is_a_position() -> None:
    found = BanGeocoder(Answering()).geocode(**ADDRESS)
    assert found is not None
    assert (found.latitude, found.longitude, found.score) == (44.8378, -0.5792, 0.9)


def test_the_service_is_called_at_its_present_host_with_the_address_only() -> None:
    adapter = Answering()
    BanGeocoder(adapter).geocode(**ADDRESS)
    (url,) = adapter.heard
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path) == (
        "https",
        "data.geopf.fr",
        "/geocodage/search",
    )
    assert parse_qs(parts.query)["q"] == ["1 rue du Port 33000 Bordeaux"]


@pytest.mark.parametrize(("score", "known"), [(0.5, True), (0.499, False)])
def test_a_guess_is_no_position(score: float, known: bool) -> None:  # noqa: FBT001 - a parameter
    assert (BanGeocoder(Answering(score=score)).geocode(**ADDRESS) is not None) is known


def test_an_unknown_address_is_none() -> None:
    assert BanGeocoder(Answering(nothing=True)).geocode(**ADDRESS) is None


def test_a_service_that_does_not_answer_is_refused_with_its_code() -> None:
    with pytest.raises(Refused) as refused:
        BanGeocoder(Answering(away=True)).geocode(**ADDRESS)
    assert refused.value.code == "geocoder_away"


def test_without_a_geocoder_no_service_is_called() -> None:
    assert NoGeocoder().geocode(**ADDRESS) is None
    assert isinstance(geocoder_named("none"), NoGeocoder)
    assert isinstance(geocoder_named("ban"), BanGeocoder)
