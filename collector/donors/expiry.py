"""Expiry of blood tests: suspension at the bank's midnight, and the tests that are due.

The last valid day of a test counts and the next day does not, also in nights of clock change.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.donors.actions import change_state
from collector.donors.eligibility import serology_valid_until
from collector.donors.models import Donor, DonorState, WhySuspended
from collector.donors.queries import donor_options
from collector.service_day import ServiceDay

TIMER = "system"


def has_expired(donor: Donor, *, today: date) -> bool:
    """Return whether a donor has no blood test that is valid today."""
    until = serology_valid_until(donor)
    return until is None or until < today


def expired_donors(session: Session, *, now: datetime, bank_id: int) -> list[Donor]:
    """Return the eligible donors of a bank with an expired last blood test."""
    today = ServiceDay.of(now, get_bank(session, bank_id).zone).day
    eligible = session.scalars(
        select(Donor)
        .options(*donor_options())
        .where(Donor.bank_id == bank_id, Donor.state == DonorState.ELIGIBLE)
    )
    return [donor for donor in eligible if has_expired(donor, today=today)]


def suspend_expired(session: Session, *, now: datetime, bank_id: int) -> int:
    """Suspend a bank's donors with an expired blood test, and return their number."""
    donors = expired_donors(session, now=now, bank_id=bank_id)
    for donor in donors:
        change_state(
            session,
            now=now,
            bank_id=donor.bank_id,
            donor_id=donor.id,
            actor=TIMER,
            to=DonorState.SUSPENDED,
            because=WhySuspended.SEROLOGY_LAPSED,
        )
    return len(donors)


def blood_tests_due(donors: list[Donor], *, today: date, days: int) -> list[Donor]:
    """Return the donors due for a blood sample within some days, the most urgent first."""
    ahead = today + timedelta(days=days)
    giving = [donor for donor in donors if _gives(donor)]
    due = [donor for donor in giving if (serology_valid_until(donor) or date.min) <= ahead]
    return sorted(due, key=lambda donor: (serology_valid_until(donor) or date.min, donor.id))


def _gives(donor: Donor) -> bool:
    """Return whether a donor gives milk, or is suspended for an expired blood test alone."""
    if donor.state is DonorState.SUSPENDED:
        return donor.suspended_because is WhySuspended.SEROLOGY_LAPSED
    return donor.state in {
        DonorState.INTERVIEWED,
        DonorState.AWAITING_SEROLOGY,
        DonorState.ELIGIBLE,
    }
