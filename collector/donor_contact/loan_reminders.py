"""Reminders of devices on loan: some days before the day of return, and after it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.donors.contact import notify_donor
from collector.donors.models import Donor
from collector.donors.queries import get_donor
from collector.material.models import Loan
from collector.material.queries import loans_of
from collector.notices.queries import known_notices

BEFORE = timedelta(days=3)
"""Time before the day of return at which the donor is reminded."""
AFTER = timedelta(days=7)
"""Time after the day of return at which she is reminded again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanReminder:
    """A message about one loan that the clock makes due; `once` is its identity."""

    loan: Loan
    template: str
    once: str


def loan_reminders(session: Session, *, bank_id: int, now: datetime) -> list[LoanReminder]:
    """Return the reminders of open loans that are due today and not queued yet."""
    today = now.astimezone(get_bank(session, bank_id).zone).date()
    found = []
    for loan in loans_of(session, bank_id=bank_id):
        if today >= loan.due_on + AFTER:
            template = "device_overdue"
        elif loan.due_on - BEFORE <= today <= loan.due_on:
            template = "device_due"
        else:
            continue
        once = f"{template} loan:{loan.id} {loan.due_on}"
        found.append(LoanReminder(loan=loan, template=template, once=once))
    known = known_notices(session, bank_id=bank_id, once=[each.once for each in found])
    return [each for each in found if each.once not in known]


def queue_loan_reminders(session: Session, *, bank_id: int, now: datetime) -> None:
    """Queue the due reminders of loans, each once."""
    for each in loan_reminders(session, bank_id=bank_id, now=now):
        donor: Donor = get_donor(session, bank_id, each.loan.donor_id)
        notify_donor(
            session,
            donor,
            now=now,
            once=each.once,
            template=each.template,
            day=each.loan.due_on.isoformat(),
        )
