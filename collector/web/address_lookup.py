"""Look-up of addresses by the external service, between two transactions."""

from collector.db import reading, transaction
from collector.donors.contact import place_donor
from collector.donors.queries import get_donor
from collector.errors import Refused
from collector.places.geocoding import GeocodedPosition
from collector.places.models import PositionSource
from collector.web.framework.guards import actor, geocoder, now, settings


def look_up(*, line: str, postcode: str, town: str) -> GeocodedPosition | None:
    """Return the position of an address by the external service.

    Without a service, or if it is not certain or does not answer, the result is None and the
    coordinator sets the place. Not to be called within a transaction.
    """
    if settings().geocoder == "none" or not line:
        return None
    try:
        return geocoder().geocode(line=line, postcode=postcode, town=town)
    except Refused:
        return None


def locate_donor(donor_id: int) -> None:
    """Look a donor's address up, and set its position if it was found."""
    bank_id = actor().bank_id
    with reading() as session:
        address = get_donor(session, bank_id, donor_id).address
    found = look_up(line=address.line, postcode=address.postcode, town=address.town)
    if found is None:
        return
    with transaction() as session:
        place_donor(
            session,
            now=now(),
            bank_id=bank_id,
            donor_id=donor_id,
            actor=actor().reference,
            latitude=found.latitude,
            longitude=found.longitude,
            source=PositionSource.GEOCODER,
            provider=found.provider,
            score=found.score,
        )
