"""The map of the weeks: due donors by zone, with the weekday of the day found for them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import format_date, gettext

from collector.banks.models import Site, Zone
from collector.banks.zones import outline_of
from collector.donors.models import Donor
from collector.pickups.flags import zone_at
from collector.web.board.horizon.view_model import DueDonorView, HorizonView

LETTERS = "ABCDEFGH"


def horizon_map(
    view: HorizonView, sites: Sequence[Site], zones: Sequence[Zone], *, today: date
) -> dict[str, Any]:
    """Return the map of the weeks as values for JSON; a zone has the colour of a round.

    A donor is where she is on the day found for her, else where she is today.
    """
    letters = {zone.id: LETTERS[place % len(LETTERS)] for place, zone in enumerate(zones)}
    return {
        "sites": [{"name": site.name, "at": (site.latitude, site.longitude)} for site in sites],
        "marks": [
            mark
            for each in view.donors
            if (mark := _mark(each, each.candidate.donor, zones, letters, today))
        ],
        "zones": [
            {"letter": letters[zone.id], "name": zone.name, "outline": outline_of(zone)}
            for zone in zones
        ],
    }


def _mark(
    each: DueDonorView,
    donor: Donor,
    zones: Sequence[Zone],
    letters: dict[int, str],
    today: date,
) -> dict[str, Any] | None:
    day = each.found.day if each.found else None
    address = donor.address_on(day or today)
    position = address.position
    if position is None:
        return None
    zone = zone_at(zones, address)
    found = {
        "at": (position.latitude, position.longitude),
        "name": _words(donor, zone, day),
        "kind": "plain" if day else "hollow",
        "text": format_date(day, "ccccc") if day else "",
    }
    return found | ({"letter": letters[zone.id]} if zone else {})


def _words(donor: Donor, zone: Zone | None, day: date | None) -> str:
    name = f"{donor.first_name} {donor.family_name}"
    if zone is not None:
        name = f"{name} · {zone.name}"
    if day is None:
        return str(gettext("%(name)s · no day found yet", name=name))
    return f"{name} · {format_date(day, 'EEE d MMM')}"
