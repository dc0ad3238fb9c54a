"""Identities behind donors' numbers, for a recall: `collector.recall` alone reads this module."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.donors.models import Donor, SealedIdentity


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorIdentity:
    """The name and the contact behind a donor's number."""

    number: str
    name: str
    phone: str
    email: str
    sealed: bool
    """Whether her file was erased: the identity comes from its seal."""


def donor_identities(session: Session, donors: Collection[int]) -> Iterator[DonorIdentity]:
    """Yield the identities of donors by number; an erased one without a seal has no name."""
    rows = session.execute(
        select(Donor, SealedIdentity.identity)
        .outerjoin(SealedIdentity, SealedIdentity.donor_id == Donor.id)
        .where(Donor.id.in_(donors))
        .order_by(Donor.number)
    )
    for donor, sealed in rows:
        erased = donor.erased_at is not None and sealed is not None
        known = sealed if erased else {}
        yield DonorIdentity(
            number=donor.number,
            name=" ".join(
                filter(
                    None,
                    (
                        known.get("first_name") or donor.first_name,
                        known.get("family_name") or donor.family_name,
                    ),
                )
            ),
            phone=known.get("phone") or donor.phone or "",
            email=known.get("email") or donor.email or "",
            sealed=erased,
        )
