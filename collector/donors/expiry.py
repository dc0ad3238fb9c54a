"""The timer of eligibility: whose blood test lapsed is suspended, at her bank's midnight.

The same day is judged everywhere alike: the last valid day counts, the next one does not, whatever
the clock does in between.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.models import Bank
from collector.donors.actions import change_state
from collector.donors.eligibility import serology_valid_until
from collector.donors.models import Donor, DonorState, WhySuspended
from collector.donors.queries import whole_file
from collector.service_day import ServiceDay

TIMER = "system"


def has_lapsed(donor: Donor, *, today: date) -> bool:
    """Whether no blood test of hers counts today."""
    until = serology_valid_until(donor)
    return until is None or until < today


def lapsed(session: Session, *, now: datetime) -> list[Donor]:
    """Return the eligible donors of every bank whose blood test no longer counts there."""
    found = []
    for bank in session.scalars(select(Bank)):
        today = ServiceDay.of(now, bank.zone).day
        eligible = session.scalars(
            select(Donor)
            .options(*whole_file())
            .where(Donor.bank_id == bank.id, Donor.state == DonorState.ELIGIBLE)
        )
        found += [donor for donor in eligible if has_lapsed(donor, today=today)]
    return found


def suspend_lapsed(session: Session, *, now: datetime) -> int:
    """Suspend whoever lapsed and return how many they were; doing it again does nothing."""
    donors = lapsed(session, now=now)
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


def due_within(donors: list[Donor], *, today: date, days: int) -> list[Donor]:
    """Return who needs a blood sample within so many days, the most urgent first."""
    ahead = today + timedelta(days=days)
    giving = [donor for donor in donors if _gives(donor)]
    due = [donor for donor in giving if (serology_valid_until(donor) or date.min) <= ahead]
    return sorted(due, key=lambda donor: (serology_valid_until(donor) or date.min, donor.id))


def _gives(donor: Donor) -> bool:
    """Whether a blood test keeps her from nothing else: she gives, or would but for it."""
    if donor.state is DonorState.SUSPENDED:
        return donor.suspended_because is WhySuspended.SEROLOGY_LAPSED
    return donor.state in {
        DonorState.INTERVIEWED,
        DonorState.AWAITING_SEROLOGY,
        DonorState.ELIGIBLE,
    }
