"""Classes of need: the child's weeks and weight at birth against the limits of the bank."""

from dataclasses import dataclass

from collector.banks.policies import Policies, PolicyKey
from collector.dispensary.orders.models import NeedClass

DAYS_OF_A_WEEK = 7
LIMITS = {
    NeedClass.A: (PolicyKey.CLASS_A_WEEKS, PolicyKey.CLASS_A_GRAMS),
    NeedClass.B: (PolicyKey.CLASS_B_WEEKS, PolicyKey.CLASS_B_GRAMS),
    NeedClass.C: (PolicyKey.CLASS_C_WEEKS, PolicyKey.CLASS_C_GRAMS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthFacts:
    """Days of the pregnancy and grams at birth."""

    gestation_days: int
    birth_weight_g: int


def need_class(facts: BirthFacts, policies: Policies) -> NeedClass:
    """Return the first class whose limit of weeks or of weight lies above the child's figure."""
    for found, (weeks, grams) in LIMITS.items():
        born_early = facts.gestation_days < policies[weeks] * DAYS_OF_A_WEEK
        if born_early or facts.birth_weight_g < policies[grams]:
            return found
    return NeedClass.D
