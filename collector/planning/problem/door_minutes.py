"""Minutes at a donor's door by the purposes of a visit, from a bank's policies."""

from collections.abc import Collection, Mapping

from collector.banks.policies import Policies, PolicyKey
from collector.pickups.models import Purpose

MINUTES_BY_PURPOSE: Mapping[Purpose, PolicyKey] = {
    Purpose.COLLECTION: PolicyKey.COLLECTION_MINUTES,
    Purpose.WARD: PolicyKey.COLLECTION_MINUTES,
    Purpose.MATERIAL_DROP: PolicyKey.MATERIAL_MINUTES,
    Purpose.PUMP_RETURN: PolicyKey.MATERIAL_MINUTES,
    Purpose.BLOOD_SAMPLE: PolicyKey.BLOOD_MINUTES,
    Purpose.FIRST_INTERVIEW: PolicyKey.FIRST_VISIT_MINUTES,
}


def door_seconds(purposes: Collection[Purpose], policies: Policies) -> int:
    """Return the seconds of a visit; the minutes of a first visit cover everything done on it."""
    if Purpose.FIRST_INTERVIEW in purposes:
        return 60 * policies[PolicyKey.FIRST_VISIT_MINUTES]
    return 60 * sum(policies[MINUTES_BY_PURPOSE[purpose]] for purpose in set(purposes))
