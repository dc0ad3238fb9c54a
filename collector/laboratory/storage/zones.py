"""Zones: the stage of a container or bottle, and the zone of the unit it may stand in."""

from collections.abc import Set as AbstractSet

from collector.errors import Refused
from collector.laboratory.reception.models import IntakeState
from collector.laboratory.units.models import StorageZone


def zones_of_intake(state: IntakeState) -> AbstractSet[StorageZone]:
    """Return the zones in which a container may stand; none once it is emptied."""
    return {
        IntakeState.QUARANTINE: {StorageZone.RAW, StorageZone.BACK},
        IntakeState.THAWING: {StorageZone.RAW, StorageZone.BACK},
        IntakeState.REFUSED: {StorageZone.BACK},
        IntakeState.POOLED: frozenset[StorageZone](),
    }[state]


def zones_of_bottle(*, heated: bool) -> AbstractSet[StorageZone]:
    """Return the zones in which a bottle may stand: raw never with heated."""
    return {StorageZone.HEATED if heated else StorageZone.RAW, StorageZone.BACK}


def refuse_zone(number: str, permitted: AbstractSet[StorageZone], zone: StorageZone) -> None:
    """Refuse a zone in which a thing may not stand.

    Raises
    ------
    Refused
        `zone_of_pooled` (`number`): the container is empty; `belongs_to_raw`,
        `belongs_to_heated`, `belongs_to_released`, `belongs_to_back` (`number`).
    """
    if not permitted:
        raise Refused("zone_of_pooled", number=number)
    if zone not in permitted:
        belongs = next(each for each in StorageZone if each in permitted)
        raise Refused(f"belongs_to_{belongs}", number=number)
