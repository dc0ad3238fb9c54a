"""The bank's configuration of a collector's phone: clocks, proofs, freezers."""

from typing import Any

from sqlalchemy.orm import Session

from collector.banks.policies import NOBODY_HOME, Policies, PolicyKey
from collector.banks.queries import get_bank, policies_of, sites_of
from collector.pickups.models import Purpose

PROOFS = ("label", "seal", "photo")


def phone_config(session: Session, bank_id: int) -> dict[str, Any]:
    """Return a bank's rules and freezers as a phone stores them."""
    policies = policies_of(session, bank_id)
    return {
        "phone": get_bank(session, bank_id).phone,
        "milk_ride_minutes": policies[PolicyKey.MILK_RIDE_MINUTES],
        "tube_ride_minutes": policies[PolicyKey.TUBE_RIDE_MINUTES],
        "box_warmest_celsius": policies[PolicyKey.BOX_WARMEST_CELSIUS],
        "label_check": policies.word(PolicyKey.LABEL_CHECK),
        "navigation": policies.word(PolicyKey.NAVIGATION),
        "proofs": {occasion: _proofs(policies, occasion) for occasion in (*Purpose, NOBODY_HOME)},
        "freezers": [
            {
                "site": site.id,
                "name": site.name,
                "kind": site.kind.value,
                "latitude": site.latitude,
                "longitude": site.longitude,
            }
            for site in sites_of(session, bank_id)
            if site.receives
        ],
    }


def _proofs(policies: Policies, occasion: str) -> dict[str, str]:
    return {proof: policies.proof(occasion, proof).value for proof in PROOFS}
