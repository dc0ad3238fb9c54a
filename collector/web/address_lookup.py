"""Look-up of a donor's address by the external service, between two transactions."""

from collector.db import reading, transaction
from collector.donors.contact import place_donor
from collector.donors.queries import get_donor
from collector.errors import Refused
from collector.places.models import PositionSource
from collector.web.framework.guards import actor, geocoder, now, settings


def locate_donor(donor_id: int) -> bool:
    """Look a donor's address up and set its position; return whether it was found.

    Without a service, or if it is not certain or does not answer, the coordinator sees the address
    without a position and sets it.
    """
    bank_id = actor().bank_id
    with reading() as session:
        address = get_donor(session, bank_id, donor_id).address
    if settings().geocoder == "none" or not address.line:
        return False
    try:
        found = geocoder().geocode(line=address.line, postcode=address.postcode, town=address.town)
    except Refused:
        return False
    if found is None:
        return False
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
    return True
