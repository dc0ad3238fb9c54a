"""Zones: the stage of a container or bottle, and the zone of the unit it may stand in."""

from collections.abc import Set as AbstractSet

from collector.errors import Refused
from collector.laboratory.heating.models import CycleState
from collector.laboratory.pooling.models import LotState
from collector.laboratory.reception.models import IntakeState
from collector.laboratory.units.models import StorageZone


def zones_of_intake(state: IntakeState) -> AbstractSet[StorageZone]:
    """Return the zones in which a container may stand; none once it is emptied."""
    return {
        IntakeState.QUARANTINE: {StorageZone.RAW, StorageZone.BACK},
        IntakeState.THAWING: {StorageZone.RAW, StorageZone.BACK},
        IntakeState.REFUSED: {StorageZone.BACK},
        IntakeState.POOLED: frozenset[StorageZone](),
        IntakeState.DESTROYED: frozenset[StorageZone](),
    }[state]


def zones_of_bottle(lot: LotState, cycle: CycleState | None) -> AbstractSet[StorageZone]:
    """Return the zones in which a bottle may stand: raw, heated and released apart.

    Parameters
    ----------
    lot
        The decision on its lot.
    cycle
        The state of its cycle; None while it has none.
    """
    if lot is LotState.RELEASED:
        return {StorageZone.RELEASED, StorageZone.BACK}
    if lot is not LotState.WAITING or cycle is CycleState.CURVE_FAILED:
        return {StorageZone.BACK}
    passed = cycle is CycleState.CURVE_OK
    return {StorageZone.HEATED if passed else StorageZone.RAW, StorageZone.BACK}


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
